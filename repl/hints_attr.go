package repl

// attrHints are methods of Scapy's packets and lists that were left out, with what to
// use instead.
var attrHints = []hint{
	{"pdfdump psdump svgdump canvas_dump", "no pictures of bytes are drawn: rfc(p) draws the headers as text, hexdump(p) the bytes, p.show() the fields"},
	{"afterglow timeskew_graph", "left out: plot(lambda p: …) charts a value over time"},
	{"graph make_graph graphASres graphdef graphpadding trace3D trace3D_notebook world_trace hloc nloc", "no graphs are drawn: show() prints the table of a traceroute, get_trace() gives the hops"},
	{"dissect do_dissect_payload post_dissection dissection_done init_fields do_init_fields do_init_cached_fields prepare_cached_fields build_done build_ps do_build_ps copy_field_value copy_fields_dict match_subclass class_* raw_packet_cache raw_packet_cache_fields post_transforms aliastypes packetfields deprecated_fields",
		"a part of Scapy's own workings: IP(b\"…\") dissects, raw(p) builds, p.fields and p.default_fields show what is set"},
	{"pre_dissect do_dissect post_dissect", "hooks of a class X(Packet), called while its bytes are dissected: Packet.do_dissect(self, s) is the base's"},
	{"show_indent show_summary add_parent add_underlayer remove_parent remove_underlayer", "a part of Scapy's own workings that nothing needs here"},
}

// attrHint is what to use instead of the attribute name; "" if nothing is known of it.
func attrHint(name string) string { return findHint(attrHints, name) }
