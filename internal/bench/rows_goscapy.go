package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// goscapyMain times github.com/smallnest/goscapy on the packet of BenchmarkBuild: its interface as
// its own examples/02-tcp-udp shows it.
const goscapyMain = `package main

import (
	"fmt"
	"time"

	"github.com/smallnest/goscapy/pkg/goscapy"
	"github.com/smallnest/goscapy/pkg/layers"
)

func main() {
	p := goscapy.NewEthernet().DstMAC("02:00:00:00:00:01").SrcMAC("02:00:00:00:00:02").
		Over(goscapy.NewIP().SrcIP("10.0.0.1").DstIP("10.0.0.2").Proto(layers.IPProtoTCP)).
		Over(goscapy.NewTCP().SrcPort(20).DstPort(80).Flags(layers.TCPSyn))
	const n = 100000
	begun := time.Now()
	for range n {
		if b, err := p.Build(); err != nil || len(b) != 54 {
			panic(fmt.Sprint(len(b), " bytes, ", err))
		}
	}
	fmt.Println(float64(time.Since(begun).Nanoseconds()) / n)
}
`

// goscapy builds the program, once, in a module of its own: ours does not depend on it.
func (w *world) goscapy() (string, error) {
	dir := w.file("goscapy")
	path := filepath.Join(dir, "goscapybench")
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return "", err
	}
	if err := os.WriteFile(filepath.Join(dir, "main.go"), []byte(goscapyMain), 0o644); err != nil {
		return "", err
	}
	for _, argv := range [][]string{{"mod", "init", "goscapybench"}, {"get", "github.com/smallnest/goscapy@latest"}, {"build", "-o", path, "."}} {
		cmd := exec.Command("go", argv...)
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			return "", fmt.Errorf("go %s: %w: %s", strings.Join(argv, " "), err, lastLine(string(out)))
		}
	}
	return path, nil
}

func buildByGoscapy(w *world) (sample, error) {
	path, err := w.goscapy()
	if err != nil {
		return sample{}, err
	}
	return figure(w, path)
}
