// Package route answers where a packet would go: through which interface, from
// which address, to which next hop and link address, and lists the interfaces
// and routes of a namespace. It asks the kernel at the moment of the question, so that
// policy routing and changes just made are followed, and keeps nothing. It
// knows nothing of packets' contents.
//
// Asking for routes and interfaces needs no rights; having the kernel resolve a
// neighbour needs CAP_NET_ADMIN to be done without sending a packet of our own.
package route
