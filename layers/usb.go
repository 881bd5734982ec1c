package layers

// USB is what Linux tells of a USB request, in front of its data
// (Documentation/usb/usbmon.rst; LINKTYPE_USB_LINUX, 189, and
// LINKTYPE_USB_LINUX_MMAPPED, 220, whose header is sixteen bytes longer). Its numbers
// are in the order of the host that captured: little-endian here.
var (
	USB       = Register(usb("USB", "LINKTYPE_USB_LINUX"))
	USBMapped = Register(usb("USBMapped", "LINKTYPE_USB_LINUX_MMAPPED",
		usbNumber("Interval", 32), usbNumber("StartFrame", 32), usbNumber("TransferFlags", 32), usbNumber("NumDesc", 32)))
)

func usbNumber(name string, bits int) Field {
	return Field{Name: name, Bits: bits, Little: bits > 8}
}

func usb(name, link string, more ...Field) *Proto {
	urb := usbNumber("ID", 64)
	urb.Kind = Hex
	return &Proto{
		Name: name, Doc: "Linux USB request (" + link + ")",
		Fields: rows(
			urb,
			Field{Name: "EventType", Bits: 8, Default: 'S', Enum: NewEnum(map[uint64]string{'S': "SUBMIT", 'C': "COMPLETE", 'E': "ERROR"})},
			Field{Name: "TransferType", Bits: 8, Enum: NewEnum(map[uint64]string{0: "Isochronous", 1: "Interrupt", 2: "Control", 3: "Bulk"})},
			Field{Name: "Direction", Bits: 1, Enum: NewEnum(map[uint64]string{0: "Out", 1: "In"})},
			Field{Name: "EndpointNumber", Bits: 7},
			usbNumber("DeviceAddress", 8),
			usbNumber("BusID", 16),
			Field{Name: "Setup", Bits: 8, Default: '-', Enum: NewEnum(map[uint64]string{0: "relevant", '-': "absent"})},
			Field{Name: "Data", Bits: 8, Enum: NewEnum(map[uint64]string{0: "present", '<': "absent (in)", '>': "absent (out)"})},
			usbNumber("TimestampSec", 64),
			usbNumber("TimestampUsec", 32),
			usbNumber("Status", 32),
			usbNumber("UrbLength", 32),
			Field{Name: "UrbDataLength", Bits: 32, Little: true, Auto: func(b *Build) uint64 { return uint64(len(b.Payload())) }},
			Field{Name: "SetupData", Kind: Fixed, Bits: 64},
			more),
	}
}
