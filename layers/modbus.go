package layers

// Modbus over TCP (Modbus Application Protocol V1.1b3 §4, Messaging on TCP/IP V1.0b §3.1.3):
// a header, then a function's request, response or exception. Which of the two a
// message is the port tells.
var (
	ModbusADURequest  = Register(modbusADU("ModbusADURequest", "ModbusADU", "Modbus request over TCP"))
	ModbusADUResponse = Register(modbusADU("ModbusADUResponse", "ModbusADU", "Modbus response over TCP"))
)

func modbusADU(name, title, doc string) *Proto {
	return &Proto{
		Name: name, Title: title, Doc: doc + " (modbus.org)",
		Fields: []Field{
			{Name: "transId", Kind: Hex, Bits: 16},
			{Name: "protoId", Kind: Hex, Bits: 16},
			{Name: "len", Bits: 16, Len: func(_, payload int) int { return payload + 1 }},
			{Name: "unitId", Kind: Hex, Bits: 8, Default: 255},
		},
		PayloadLen: func(l *Layer, _ int, _ []byte) int { return max(int(l.Uint(2))-1, 0) },
	}
}

var modbusExceptions = textEnum(`1 Illegal Function Code
2 Illegal Data Address
3 Illegal Data Value
4 Server Device Failure
5 Acknowledge
6 Server Device Busy
8 Memory Parity Error
10 Gateway Path Unavailable
11 Gateway Target Device Failed to Respond
`)

// modbusPDU makes the table of a function's message.
func modbusPDU(name, title string, code uint64, fields ...Field) *Proto {
	return Register(&Proto{Name: "ModbusPDU" + name, Title: title, Doc: "Modbus: " + title + " (modbus.org)",
		Fields: append([]Field{{Name: "funcCode", Kind: Hex, Bits: 8, Default: code}}, fields...)})
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

func modbusError(name, title string, code uint64) *Proto {
	return modbusPDU(name, title, code, Field{Name: "exceptCode", Bits: 8, Default: 1, Enum: modbusExceptions})
}

// A modbusFunction is what a function code stands for.
type modbusFunction struct{ request, response, failure *Proto }

var modbusFunctions map[byte]modbusFunction

func init() {
	f := func(code byte, name, title string, request, response []Field) modbusFunction {
		return modbusFunction{
			modbusPDU(name+"Request", title, uint64(code), request...),
			modbusPDU(name+"Response", title+" Response", uint64(code), response...),
			modbusError(name+"Error", title+" Exception", uint64(code)|0x80),
		}
	}
	read := []Field{modbusNumber("startAddr", 0), modbusNumber("quantity", 1)}
	coil := []Field{modbusNumber("outputAddr", 0), modbusNumber("outputValue", 0)}
	register := []Field{modbusNumber("registerAddr", 0), modbusNumber("registerValue", 0)}
	mask := []Field{modbusNumber("refAddr", 0), modbusNumber("andMask", 0xffff), modbusNumber("orMask", 0)}
	modbusFunctions = map[byte]modbusFunction{
		1: f(1, "01ReadCoils", "Read Coils", read, modbusCounted(1, "coilStatus", 1)),
		2: f(2, "02ReadDiscreteInputs", "Read Discrete Inputs", read, modbusCounted(1, "inputStatus", 1)),
		3: f(3, "03ReadHoldingRegisters", "Read Holding Registers", read, modbusCounted(1, "registerVal", 2)),
		4: f(4, "04ReadInputRegisters", "Read Input Registers", read, modbusCounted(1, "registerVal", 2)),
		5: f(5, "05WriteSingleCoil", "Write Single Coil", coil, coil),
		6: f(6, "06WriteSingleRegister", "Write Single Register", register, register),
		7: f(7, "07ReadExceptionStatus", "Read Exception Status", nil, []Field{{Name: "startAddr", Kind: Hex, Bits: 8}}),
		15: f(15, "0FWriteMultipleCoils", "Write Multiple Coils",
			rows(modbusNumber("startAddr", 0), modbusNumber("quantityOutput", 1), modbusCounted(3, "outputsValue", 1)),
			[]Field{modbusNumber("startAddr", 0), modbusNumber("quantityOutput", 1)}),
		16: f(16, "10WriteMultipleRegisters", "Write Multiple Registers",
			rows(modbusNumber("startAddr", 0), Field{Name: "quantityRegisters", Bits: 16, Type: "BitFieldLenField", Auto: countOf(4)},
				modbusCounted(3, "outputsValue", 2)),
			[]Field{modbusNumber("startAddr", 0), modbusNumber("quantityRegisters", 1)}),
		22: f(22, "16MaskWriteRegister", "Mask Write Register", mask, mask),
	}
	ModbusADURequest.Next = func(_ At, b []byte) *Proto { return modbusFunctions[b[0]].request }
	ModbusADUResponse.Next = func(_ At, b []byte) *Proto {
		if b[0] >= 0x80 {
			return modbusFunctions[b[0]&0x7f].failure
		}
		return modbusFunctions[b[0]].response
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
