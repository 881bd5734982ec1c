package layers

// Modbus over TCP (Modbus Application Protocol V1.1b3 §4, Messaging on TCP/IP V1.0b §3.1.3):
// a header, then a function's request, response or exception. Which of the two a
// message is the port tells.
var (
	ModbusADURequest  = &Proto{Name: "ModbusADURequest", make: func() Table { return modbusADU("ModbusADU", "Modbus request over TCP") }}
	ModbusADUResponse = &Proto{Name: "ModbusADUResponse", make: func() Table { return modbusADU("ModbusADU", "Modbus response over TCP") }}
)

func modbusADU(title, doc string) Table {
	return Table{
		Title: title, Doc: doc + " (modbus.org)",
		Fields: []Field{
			{Name: "transId", Kind: Hex, Bits: 16},
			{Name: "protoId", Kind: Hex, Bits: 16},
			{Name: "len", Bits: 16, Len: func(_, payload int) int { return payload + 1 }},
			{Name: "unitId", Kind: Hex, Bits: 8, Default: 255},
		},
		PayloadLen: func(l *Layer, _ int, _ []byte) int { return max(int(l.Uint(2))-1, 0) },
	}
}

var modbusExceptions = &Enum{text: `1 Illegal Function Code
2 Illegal Data Address
3 Illegal Data Value
4 Server Device Failure
5 Acknowledge
6 Server Device Busy
8 Memory Parity Error
10 Gateway Path Unavailable
11 Gateway Target Device Failed to Respond
`}

// modbusPDU makes the table of a function's message.
func modbusPDU(title string, code uint64, fields ...Field) Table {
	return Table{Title: title, Doc: "Modbus: " + title + " (modbus.org)",
		Fields: append([]Field{{Name: "funcCode", Kind: Hex, Bits: 8, Default: code}}, fields...)}
}

func modbusNumber(name string, value uint64) Field {
	return Field{Name: name, Kind: Hex, Bits: 16, Default: value}
}

// modbusCounted is a list of numbers of size bytes behind a count of bytes, which
// is field i of the table.
func modbusCounted(i int, name string, size int) []Field {
	return []Field{
		{Name: "byteCount", Bits: 8, Type: "BitFieldLenField", Auto: lenOf(i+1, 0)},
		{Name: name, Kind: Var, Type: "FieldListField", DefaultValue: List{uint64(0)}, Codec: uintList{size}, Size: sizeLess(i, 0)},
	}
}

// modbusOutputs is the list that a request writes to outputs.
func modbusOutputs(size int) []Field {
	list := modbusCounted(3, "outputsValue", size)
	list[1].Text = hexNumbers
	return list
}

func modbusError(title string, code uint64) Table {
	return modbusPDU(title, code, Field{Name: "exceptCode", Bits: 8, Default: 1, Enum: modbusExceptions})
}

func modbusRead() []Field { return []Field{modbusNumber("startAddr", 0), modbusNumber("quantity", 1)} }

func modbusOne(what string) []Field {
	return []Field{modbusNumber(what+"Addr", 0), modbusNumber(what+"Value", 0)}
}

func modbusMask() []Field {
	return []Field{modbusNumber("refAddr", 0), modbusNumber("andMask", 0xffff), modbusNumber("orMask", 0)}
}

// modbusFunctions are what a function code stands for: the request, the response and
// the exception.
var modbusFunctions = [...][3]*Proto{
	1: {
		{Name: "ModbusPDU01ReadCoilsRequest", make: func() Table { return modbusPDU("Read Coils Request", 1, modbusRead()...) }},
		{Name: "ModbusPDU01ReadCoilsResponse", make: func() Table { return modbusPDU("Read Coils Response", 1, modbusCounted(1, "coilStatus", 1)...) }},
		{Name: "ModbusPDU01ReadCoilsError", make: func() Table { return modbusError("Read Coils Exception", 0x81) }},
	},
	2: {
		{Name: "ModbusPDU02ReadDiscreteInputsRequest", make: func() Table { return modbusPDU("Read Discrete Inputs", 2, modbusRead()...) }},
		{Name: "ModbusPDU02ReadDiscreteInputsResponse", make: func() Table {
			return modbusPDU("Read Discrete Inputs Response", 2, modbusCounted(1, "inputStatus", 1)...)
		}},
		{Name: "ModbusPDU02ReadDiscreteInputsError", make: func() Table { return modbusError("Read Discrete Inputs Exception", 0x82) }},
	},
	3: {
		{Name: "ModbusPDU03ReadHoldingRegistersRequest", make: func() Table { return modbusPDU("Read Holding Registers", 3, modbusRead()...) }},
		{Name: "ModbusPDU03ReadHoldingRegistersResponse", make: func() Table {
			return modbusPDU("Read Holding Registers Response", 3, modbusCounted(1, "registerVal", 2)...)
		}},
		{Name: "ModbusPDU03ReadHoldingRegistersError", make: func() Table { return modbusError("Read Holding Registers Exception", 0x83) }},
	},
	4: {
		{Name: "ModbusPDU04ReadInputRegistersRequest", make: func() Table { return modbusPDU("Read Input Registers", 4, modbusRead()...) }},
		{Name: "ModbusPDU04ReadInputRegistersResponse", make: func() Table {
			return modbusPDU("Read Input Registers Response", 4, modbusCounted(1, "registerVal", 2)...)
		}},
		{Name: "ModbusPDU04ReadInputRegistersError", make: func() Table { return modbusError("Read Input Registers Exception", 0x84) }},
	},
	5: {
		{Name: "ModbusPDU05WriteSingleCoilRequest", make: func() Table { return modbusPDU("Write Single Coil", 5, modbusOne("output")...) }},
		{Name: "ModbusPDU05WriteSingleCoilResponse", make: func() Table { return modbusPDU("Write Single Coil", 5, modbusOne("output")...) }},
		{Name: "ModbusPDU05WriteSingleCoilError", make: func() Table { return modbusError("Write Single Coil Exception", 0x85) }},
	},
	6: {
		{Name: "ModbusPDU06WriteSingleRegisterRequest", make: func() Table { return modbusPDU("Write Single Register", 6, modbusOne("register")...) }},
		{Name: "ModbusPDU06WriteSingleRegisterResponse", make: func() Table { return modbusPDU("Write Single Register Response", 6, modbusOne("register")...) }},
		{Name: "ModbusPDU06WriteSingleRegisterError", make: func() Table { return modbusError("Write Single Register Exception", 0x86) }},
	},
	7: {
		{Name: "ModbusPDU07ReadExceptionStatusRequest", make: func() Table { return modbusPDU("Read Exception Status", 7) }},
		{Name: "ModbusPDU07ReadExceptionStatusResponse", make: func() Table {
			return modbusPDU("Read Exception Status Response", 7, Field{Name: "startAddr", Kind: Hex, Bits: 8})
		}},
		{Name: "ModbusPDU07ReadExceptionStatusError", make: func() Table { return modbusError("Read Exception Status Exception", 0x87) }},
	},
	15: {
		{Name: "ModbusPDU0FWriteMultipleCoilsRequest", make: func() Table {
			return modbusPDU("Write Multiple Coils", 15, rows(modbusNumber("startAddr", 0), modbusNumber("quantityOutput", 1), modbusOutputs(1))...)
		}},
		{Name: "ModbusPDU0FWriteMultipleCoilsResponse", make: func() Table {
			return modbusPDU("Write Multiple Coils Response", 15, modbusNumber("startAddr", 0), modbusNumber("quantityOutput", 1))
		}},
		{Name: "ModbusPDU0FWriteMultipleCoilsError", make: func() Table { return modbusError("Write Multiple Coils Exception", 0x8f) }},
	},
	16: {
		{Name: "ModbusPDU10WriteMultipleRegistersRequest", make: func() Table {
			return modbusPDU("Write Multiple Registers", 16, rows(modbusNumber("startAddr", 0), Field{Name: "quantityRegisters", Bits: 16, Type: "BitFieldLenField", Auto: countOf(4)},
				modbusOutputs(2))...)
		}},
		{Name: "ModbusPDU10WriteMultipleRegistersResponse", make: func() Table {
			return modbusPDU("Write Multiple Registers Response", 16, modbusNumber("startAddr", 0), modbusNumber("quantityRegisters", 1))
		}},
		{Name: "ModbusPDU10WriteMultipleRegistersError", make: func() Table { return modbusError("Write Multiple Registers Exception", 0x90) }},
	},
	22: {
		{Name: "ModbusPDU16MaskWriteRegisterRequest", make: func() Table { return modbusPDU("Mask Write Register", 22, modbusMask()...) }},
		{Name: "ModbusPDU16MaskWriteRegisterResponse", make: func() Table { return modbusPDU("Mask Write Register Response", 22, modbusMask()...) }},
		{Name: "ModbusPDU16MaskWriteRegisterError", make: func() Table { return modbusError("Mask Write Register Exception", 0x96) }},
	},
}

// modbusFunction is the table of message kind of a function, nil if there is none.
func modbusFunction(code byte, kind int) *Proto {
	if int(code) < len(modbusFunctions) {
		return modbusFunctions[code][kind]
	}
	return nil
}

// modbusMessages are the tables of all functions.
func modbusMessages() (list []*Proto) {
	for _, f := range modbusFunctions {
		list = append(list, existing(f[:])...)
	}
	return list
}

func linkModbus() {
	ModbusADURequest.Next = func(_ At, b []byte) *Proto { return modbusFunction(b[0], 0) }
	ModbusADUResponse.Next = func(_ At, b []byte) *Proto {
		if b[0] >= 0x80 {
			return modbusFunction(b[0]&0x7f, 2)
		}
		return modbusFunction(b[0], 1)
	}
	ModbusADUResponse.Answers = func(at, to At) bool { return to.Proto() == ModbusADURequest && sameUint(at, to, 0, 3) }
	for _, p := range []*Proto{ModbusADURequest, ModbusADUResponse} {
		p.Key = func(dst []byte, at At, _ bool) []byte { return appendUint16(dst, at.Uint(0)) }
	}
}

func bindModbus() {
	mustBind(TCP, ModbusADURequest, "dport", 502)
	mustBind(TCP, ModbusADUResponse, "sport", 502)
}

func modbusTables() family {
	return family{
		tables: append(modbusMessages(), ModbusADURequest, ModbusADUResponse),
		link:   linkModbus,
		bind:   bindModbus,
	}
}
