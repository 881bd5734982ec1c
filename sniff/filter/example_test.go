package filter_test

import (
	"errors"
	"fmt"

	"pktsh/sniff/filter"
)

func Example() {
	p, err := filter.Compile("icmp[icmptype] = icmp-echo", filter.Options{LinkType: filter.LinkRaw})
	if err != nil {
		fmt.Println(err)
		return
	}
	ping := []byte{0x45, 0, 0, 28, 0, 0, 0, 0, 64, 1, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2, 8, 0, 0, 0, 0, 1, 0, 1}
	fmt.Println(p.Match(ping, len(ping)))
	fmt.Print(p)
	// Output:
	// true
	// (000) ldb      [0]
	// (001) and      #0xf0
	// (002) jeq      #0x40            jt 3	jf 11
	// (003) ldb      [9]
	// (004) jeq      #0x1             jt 5	jf 11
	// (005) ldh      [6]
	// (006) jset     #0x1fff          jt 11	jf 7
	// (007) ldxb     4*([0]&0xf)
	// (008) ldb      [x + 0]
	// (009) jeq      #0x8             jt 10	jf 11
	// (010) ret      #262144
	// (011) ret      #0
}

func ExampleError_Caret() {
	_, err := filter.Compile("host 10.0.0.1 and tpc port 80", filter.Options{LinkType: filter.LinkEthernet})
	var e *filter.Error
	if errors.As(err, &e) {
		fmt.Println(e.Caret())
	}
	// Output:
	// host 10.0.0.1 and tpc port 80
	//                   ^^^
	// "tpc" is not a keyword; did you mean "tcp"?
}
