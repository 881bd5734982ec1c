package layers

// CAN is a frame of a controller area network (LINKTYPE_CAN_SOCKETCAN, 227; struct
// can_frame of linux/can.h, its identifier in network order).
var CAN = &Proto{Name: "CAN", make: func() Table {
	return Table{
		Doc: "controller area network frame (LINKTYPE_CAN_SOCKETCAN)",
		Fields: []Field{
			{Name: "flags", Kind: Flag, Bits: 3, Flags: &FlagSet{Names: []string{"error", "remote_transmission_request", "extended"}}},
			{Name: "identifier", Kind: Hex, Bits: 29},
			{Name: "length", Bits: 8, Type: "FieldLenField", Auto: lenOf(4, 0)},
			{Name: "reserved", Bits: 24, Type: "ThreeBytesField"},
			{Name: "data", Kind: Var, Type: "StrLenField", Size: sizeLess(2, 0)},
		},
		PayloadIsPadding: true,
	}
}}

func canTables() family { return family{tables: []*Proto{CAN}} }
