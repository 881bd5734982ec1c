package pymod

// mt19937 is the Mersenne Twister of Matsumoto and Nishimura, seeded and read
// as CPython's Modules/_randommodule.c does.
type mt19937 struct {
	state [624]uint32
	index int
}

// seedInt is init_genrand.
func (m *mt19937) seedInt(s uint32) {
	m.state[0] = s
	for i := 1; i < len(m.state); i++ {
		m.state[i] = 1812433253*(m.state[i-1]^m.state[i-1]>>30) + uint32(i)
	}
	m.index = len(m.state)
}

// seed is init_by_array.
func (m *mt19937) seed(key []uint32) {
	m.seedInt(19650218)
	n := len(m.state)
	i, j := 1, 0
	for range max(n, len(key)) {
		m.state[i] = (m.state[i] ^ (m.state[i-1]^m.state[i-1]>>30)*1664525) + key[j] + uint32(j)
		i++
		j++
		if i >= n {
			m.state[0] = m.state[n-1]
			i = 1
		}
		if j >= len(key) {
			j = 0
		}
	}
	for range n - 1 {
		m.state[i] = (m.state[i] ^ (m.state[i-1]^m.state[i-1]>>30)*1566083941) - uint32(i)
		i++
		if i >= n {
			m.state[0] = m.state[n-1]
			i = 1
		}
	}
	m.state[0] = 0x80000000
}

// uint32 is genrand_uint32.
func (m *mt19937) uint32() uint32 {
	const shift = 397
	n := len(m.state)
	if m.index >= n {
		for k := range n {
			y := m.state[k]&0x80000000 | m.state[(k+1)%n]&0x7fffffff
			v := m.state[(k+shift)%n] ^ y>>1
			if y&1 != 0 {
				v ^= 0x9908b0df
			}
			m.state[k] = v
		}
		m.index = 0
	}
	y := m.state[m.index]
	m.index++
	y ^= y >> 11
	y ^= y << 7 & 0x9d2c5680
	y ^= y << 15 & 0xefc60000
	return y ^ y>>18
}

// float64 is random(): 53 bits in [0, 1).
func (m *mt19937) float64() float64 {
	a, b := m.uint32()>>5, m.uint32()>>6
	return (float64(a)*67108864 + float64(b)) / 9007199254740992
}
