package repl

import (
	"embed"
	"strings"
)

// What the shell has in its own language: read when one of its names is first used.
//
//go:embed lib/*.py
var libraryFiles embed.FS

// libraries are the files and the names that programs find in them.
var libraries = map[string]string{
	"automaton": "Automaton ATMT",
	"drawn":     "DelayedEval RandTCPOptions",
	"answering": "AnsweringMachine ARP_am ICMPEcho_am DNS_am LLMNR_am BOOTP_am DHCP_am farpd icmpechod dns_spoof llmnr_spoof bootpd dhcpd",
	"saved":     "save_object load_object export_object import_object save_session load_session update_session",
}

// library is the file that has name, and its text; "" if none has.
func library(name string) (file, text string) {
	for file, names := range libraries {
		for n := range strings.FieldsSeq(names) {
			if n == name {
				b, err := libraryFiles.ReadFile("lib/" + file + ".py")
				if err != nil {
					panic(err) // it is part of this program
				}
				return file, string(b)
			}
		}
	}
	return "", ""
}
