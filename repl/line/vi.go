package line

import "unicode/utf8"

// viCommand follows vi's two modes as keys go by, and keeps from readline what
// would break it in command mode. There an operator takes the next key
// unseen (Enter after it would never be answered again), r and e panic at
// the end of the line, the keys of keys.go would only beep, and Ctrl-D would
// stop the reading for good.
type viCommand struct {
	on bool // command mode
	op rune // an operator that waits for its second key
}

// key appends what stands for r.
func (v *viCommand) key(out []byte, r rune) []byte {
	if r == escape {
		if v.on { // readline would beep
			v.op = 0
			return out
		}
		v.on = true
		return append(out, escape)
	}
	if !v.on {
		return utf8.AppendRune(out, r)
	}
	if op := v.op; op != 0 {
		v.op = 0
		if r >= ' ' && r < keyBase {
			return v.operate(out, op, r)
		}
	}
	switch r {
	case 'd', 'c', 'r', 'f', 'F', 't', 'T':
		v.op = r
		return out
	case 'h', 'l', '0', '^', 'b', 'B', 'w', 'W', 'x', 'p':
		return append(out, byte(r))
	case 'i', 'I', 'a', 'A', 's', 'S':
		v.on = false
		return append(out, byte(r))
	case 'C':
		v.on = false
		return utf8.AppendRune(out, keyKillEnd)
	}
	if k, ok := viKeys[r]; ok {
		v.on = k != keySearchBack && k != keySearchForward
		return utf8.AppendRune(out, k)
	}
	if r >= ' ' && r < keyBase {
		return out // no command
	}
	v.on = false
	return utf8.AppendRune(out, r)
}

// viKeys maps what in command mode is done here, or goes by another name.
var viKeys = map[rune]rune{
	'e': keyViEnd + keyStay, 'E': keyViEnd + keyStay, '$': keyViLast + keyStay,
	'k': keyUp + keyStay, 'j': keyDown + keyStay, keyUp: keyUp + keyStay, keyDown: keyDown + keyStay,
	'u': keyUndo + keyStay, 'D': keyKillEnd + keyStay, 'X': keyBackspace + keyStay,
	keyDelete: 'x', keyBackspace: 'h', keyWordLeft: 'b', keyWordRight: 'w', ' ': 'l',
	0x01: '0', 0x02: 'h', 0x05: keyViLast + keyStay, 0x06: 'l',
	'/': keySearchBack, '?': keySearchForward,
}

// operate appends an operator with its second key.
func (v *viCommand) operate(out []byte, op, r rune) []byte {
	switch op {
	case 'r':
		// As substitute, back to command mode, left.
		out = utf8.AppendRune(append(out, 's'), r)
		return append(out, escape, 'h')
	case 'c', 'd':
		if r != op && r != 'w' && r != 'h' && r != 'l' {
			return out
		}
		v.on = op == 'd'
	}
	return utf8.AppendRune(append(out, byte(op)), r)
}
