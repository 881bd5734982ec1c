// Package netns runs code inside network namespaces without ever leaving a
// thread of the process behind in one. It is what lets every socket, route
// look-up and firewall table of pktsh take a namespace as an argument.
package netns
