package main

// bridgeRows are frames that pktsh forwards between two interfaces, and that the kernel's own
// bridge does, by benchmarks of the package.
func bridgeRows() []subject {
	return []subject{{name: "bridge", doc: "a frame forwarded between two interfaces", unit: "ns", rows: []row{
		{"pktsh, BenchmarkForward", "", func(*world) (sample, error) { return goBench("./sniff/bridge", "BenchmarkForward") }},
		{"the kernel's bridge, BenchmarkKernelForward", "go", func(*world) (sample, error) { return goBench("./sniff/bridge", "BenchmarkKernelForward") }},
		{"pktsh, BenchmarkLatency", "", func(*world) (sample, error) { return goBench("./sniff/bridge", "BenchmarkLatency") }},
	}}}
}
