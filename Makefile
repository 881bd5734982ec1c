# `make run` and `make test` need Go and nothing else.

GO          ?= go
STATICCHECK ?= honnef.co/go/tools/cmd/staticcheck@v0.8.2
export CGO_ENABLED = 0

.PHONY: all build run test lint test-peers bench bench-peers install clean

all: build

build: ## a static binary at ./pktsh
	$(GO) build -trimpath -ldflags='-s -w' -o pktsh ./cmd/pktsh

run: build ## the shell inside its own lab: two hosts, a listening server
	./pktsh --lab

test: ## all tests, in network namespaces of their own
	$(GO) run ./internal/testrun ./...

lint:
	@test -z "$$(gofmt -l .)" || { echo "not formatted by gofmt:"; gofmt -l .; exit 1; }
	$(GO) vet ./...
	$(GO) run $(STATICCHECK) ./...
	$(GO) mod tidy -diff

test-peers: ## live comparison with Scapy, tshark and tcpdump, which it installs (Debian)
	command -v tcpdump >/dev/null && command -v tshark >/dev/null && /usr/bin/python3 -c 'import scapy' 2>/dev/null || \
		{ apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq python3-scapy tshark tcpdump; }
	PKTSH_PEERS=1 $(GO) run ./internal/testrun -count=1 -run 'Peer|Tcpdump' ./...

install: build
	install -m 0755 pktsh $(DESTDIR)/usr/local/bin/pktsh

clean:
	rm -f pktsh

bench: build ## one table of figures, ours beside the peers'; BENCH=scan for a part, RUNS=9
	$(GO) run ./internal/bench -runs $(or $(RUNS),5) $(BENCH)

bench-peers: ## what the table compares with (Debian)
	apt-get update -qq && apt-get install -y -qq python3-scapy hping3 nmap masscan netsniff-ng tcpreplay tcpdump tshark
