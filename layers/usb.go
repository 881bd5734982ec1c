package layers

// USB is what Linux tells of a USB request, in front of its data
// (Documentation/usb/usbmon.rst; LINKTYPE_USB_LINUX, 189, and
// LINKTYPE_USB_LINUX_MMAPPED, 220, whose header is sixteen bytes longer). Its numbers
// are in the order of the host that captured: little-endian here.
var (
	USB       = &Proto{Name: "USB", make: func() Table { return usb("LINKTYPE_USB_LINUX") }}
	USBMapped = &Proto{Name: "USBMapped", make: func() Table {
		return usb("LINKTYPE_USB_LINUX_MMAPPED",
			usbNumber("Interval", 32), usbNumber("StartFrame", 32), usbNumber("TransferFlags", 32), usbNumber("NumDesc", 32))
	}}
)

func usbNumber(name string, bits int) Field {
	return Field{Name: name, Bits: bits, Little: bits > 8}
}

func usb(link string, more ...Field) Table {
	urb := usbNumber("ID", 64)
	urb.Kind = Hex
	return Table{
		Doc: "Linux USB request (" + link + ")",
		Fields: append([]Field{
			urb,
			{Name: "EventType", Bits: 8, Default: 'S', Enum: &Enum{text: "83 SUBMIT\n67 COMPLETE\n69 ERROR\n"}},
			{Name: "TransferType", Bits: 8, Enum: &Enum{text: "0 Isochronous\n1 Interrupt\n2 Control\n3 Bulk\n"}},
			{Name: "Direction", Bits: 1, Enum: &Enum{text: "0 Out\n1 In\n"}},
			{Name: "EndpointNumber", Bits: 7},
			usbNumber("DeviceAddress", 8),
			usbNumber("BusID", 16),
			{Name: "Setup", Bits: 8, Default: '-', Enum: &Enum{text: "0 relevant\n45 absent\n"}},
			{Name: "Data", Bits: 8, Enum: &Enum{text: "0 present\n60 absent (in)\n62 absent (out)\n"}},
			usbNumber("TimestampSec", 64),
			usbNumber("TimestampUsec", 32),
			usbNumber("Status", 32),
			usbNumber("UrbLength", 32),
			{Name: "UrbDataLength", Bits: 32, Little: true, Len: payloadLen},
			{Name: "SetupData", Kind: Fixed, Bits: 64},
		}, more...),
	}
}

func usbTables() family { return family{tables: []*Proto{USB, USBMapped}} }
