package layers

import "fmt"

// isakmpAttributes is a field that holds a transform's attributes, [("Hash",
// "SHA"), ("LifeDuration", 28800) ...]: numbers of 16 bits stand in the attribute
// itself, longer ones behind it (RFC 2408 §3.3). Bytes as a value stand behind it
// as they are.
type isakmpAttributes struct{}

// isakmpNames are the types of attributes and the names of their values (RFC 2409
// appendix A, IANA's "Internet Key Exchange Attributes").
var isakmpNames = &Enum{text: `1 Encryption
2 Hash
3 Authentication
4 GroupDesc
5 GroupType
6 GroupPrime
7 GroupGenerator1
8 GroupGenerator2
9 GroupCurveA
10 GroupCurveB
11 LifeType
12 LifeDuration
13 PRF
14 KeyLength
15 FieldSize
16 GroupOrder
`}

var isakmpValues = map[uint64]*Enum{
	1: &Enum{text: `1 DES-CBC
2 IDEA-CBC
3 Blowfish-CBC
4 RC5-R16-B64-CBC
5 3DES-CBC
6 CAST-CBC
7 AES-CBC
8 CAMELLIA-CBC
`},
	2: &Enum{text: `1 MD5
2 SHA
3 Tiger
4 SHA2-256
5 SHA2-384
6 SHA2-512
`},
	3: &Enum{text: `1 PSK
2 DSS
3 RSA Sig
4 RSA Encryption
5 RSA Encryption Revised
6 ElGamal Encryption
7 ElGamal Encryption Revised
8 ECDSA Sig
64221 HybridInitRSA
64222 HybridRespRSA
64223 HybridInitDSS
64224 HybridRespDSS
65001 XAUTHInitPreShared
65002 XAUTHRespPreShared
65003 XAUTHInitDSS
65004 XAUTHRespDSS
65005 XAUTHInitRSA
65006 XAUTHRespRSA
65007 XAUTHInitRSAEncryption
65008 XAUTHRespRSAEncryption
65009 XAUTHInitRSARevisedEncryption
65010 XAUTHRespRSARevisedEncryptio
`},
	4: &Enum{text: `1 768MODPgr
2 1024MODPgr
3 EC2Ngr155
4 EC2Ngr185
5 1536MODPgr
14 2048MODPgr
15 3072MODPgr
16 4096MODPgr
17 6144MODPgr
18 8192MODPgr
`},
	5:  &Enum{text: "1 MODP\n2 ECP\n3 EC2N\n"},
	11: &Enum{text: "1 Seconds\n2 Kilobytes\n"},
}

const isakmpBasic = 0x8000 // the value stands in the attribute (RFC 2408 §3.3)

func (isakmpAttributes) Decode(_ *Layer, b []byte) any {
	out := List{}
	for len(b) >= 4 {
		typ, v, n := getBits(b, 0, 16), any(getBits(b, 16, 16)), 4
		if typ&isakmpBasic == 0 {
			n += int(getBits(b, 16, 16))
			if n > len(b) {
				break // a length that lies
			}
			if v = any(b[4:n:n]); n <= 4+8 && n > 4 {
				v = getBits(b, 32, 8*(n-4))
			}
		}
		out = append(out, isakmpNamed(typ&^isakmpBasic, v))
		b = b[n:]
	}
	if len(b) > 0 {
		out = append(out, RawVal(b))
	}
	return out
}

// isakmpNamed is an attribute with its names.
func isakmpNamed(typ uint64, v any) Tuple {
	t := Tuple{typ, v}
	if name, ok := isakmpNames.Name(typ); ok {
		t[0] = name
	}
	if n, ok := v.(uint64); ok {
		if name, ok := isakmpValues[typ].Name(n); ok {
			t[1] = name
		}
	}
	return t
}

// isakmpNumbered is an attribute without names.
func isakmpNumbered(v any) (typ uint64, value any, err error) {
	t, ok := v.(Tuple)
	if !ok || len(t) != 2 {
		return 0, nil, fmt.Errorf("got %s, want (type, value)", describe(v))
	}
	f := Field{Name: "transforms", Bits: 15, Enum: isakmpNames}
	if typ, err = f.parseUint(ISAKMP_payload_Transform, f.Enum, t[0]); err != nil {
		return 0, nil, err
	}
	if b, ok := t[1].([]byte); ok {
		if len(b) > 0xffff {
			return 0, nil, fmt.Errorf("got a value of %d bytes, want at most 65535", len(b))
		}
		return typ, b, nil
	}
	f.Bits, f.Enum = 64, isakmpValues[typ]
	value, err = f.parseUint(ISAKMP_payload_Transform, f.Enum, t[1])
	return typ, value, err
}

func (isakmpAttributes) Encode(_ *Layer, dst []byte, v any) ([]byte, error) {
	list, _ := v.(List)
	for _, m := range list {
		if r, ok := m.(RawVal); ok {
			dst = append(dst, r...)
			continue
		}
		typ, value, err := isakmpNumbered(m)
		if err != nil {
			return dst, err
		}
		b, _ := value.([]byte)
		if n, ok := value.(uint64); ok {
			if n <= 0xffff {
				dst = appendUint16(appendUint16(dst, typ|isakmpBasic), n)
				continue
			}
			for ; n > 0; n >>= 8 {
				b = append([]byte{byte(n)}, b...)
			}
		}
		dst = append(appendUint16(appendUint16(dst, typ), uint64(len(b))), b...)
	}
	return dst, nil
}

func (isakmpAttributes) Parse(_ *Layer, v any) (any, error) {
	return parseEach(v, func(m any) (any, error) {
		if r, ok := m.(RawVal); ok {
			return r, nil
		}
		typ, value, err := isakmpNumbered(m)
		if err != nil {
			return nil, err
		}
		return isakmpNamed(typ, value), nil
	})
}
