package main

// bridgeRows are frames that pktsh forwards between two interfaces, by its own benchmarks.
func bridgeRows() []subject {
	return []subject{{name: "bridge", doc: "a frame forwarded between two interfaces", unit: "ns", rows: []row{
		{"pktsh, BenchmarkForward", "", func(*world) (sample, error) { return goBench("./sniff/bridge", "BenchmarkForward") }},
		{"pktsh, BenchmarkLatency", "", func(*world) (sample, error) { return goBench("./sniff/bridge", "BenchmarkLatency") }},
	}}}
}
