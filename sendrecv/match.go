package sendrecv

import (
	"bytes"
	"hash/maphash"

	"pktsh/layers"
)

// matcher finds the probe that an answer belongs to: by a hash of what the two have in common,
// then by asking the protocols' tables. Its user locks.
type matcher struct {
	lax   *layers.Lax
	loose bool // addresses say nothing
	seed  maphash.Seed
	byKey map[uint64]bucket
	buf   []byte
	own   []byte // the sender's
}

// bucket is the probes of one key, in the order sent.
type bucket struct {
	open, last *probe // without an answer
	done       *probe // with one, the newest first
}

func newMatcher(lax *layers.Lax) *matcher {
	return &matcher{lax: lax, loose: lax.AnyAddr || lax.AnyQuotedSource, seed: maphash.MakeSeed(), byKey: map[uint64]bucket{}}
}

func (m *matcher) hash(p *layers.Packet, loose bool) uint64 {
	m.buf = p.AppendHashRet(m.buf[:0], loose)
	return maphash.Bytes(m.seed, m.buf)
}

// keyOf is the key of a packet that is to be sent. It needs no lock.
func (m *matcher) keyOf(p *layers.Packet) uint64 {
	p.SetLax(m.lax)
	m.own = p.AppendHashRet(m.own[:0], m.loose)
	return maphash.Bytes(m.seed, m.own)
}

// add makes a probe known just before it leaves; its key is set.
func (m *matcher) add(p *probe) {
	b := m.byKey[p.key]
	if b.last == nil {
		b.open = p
	} else {
		b.last.next = p
	}
	b.last = p
	m.byKey[p.key] = b
}

// mostRivals is up to how many probes an answer is tried on behind the one that it fits.
const mostRivals = 16

// find is the first open probe that p answers, and how many others it fits; else one that was
// answered before.
func (m *matcher) find(p *layers.Packet) (pr *probe, rivals int) {
	p.SetLax(m.lax)
	loose := m.hash(p, true)
	keys := [2]uint64{loose, loose}
	if !m.loose {
		// Who asked a group, or anybody, did so without an address.
		keys[0] = m.hash(p, false)
	}
	for i, key := range keys {
		if i > 0 && key == keys[0] {
			break
		}
		for q, tried := m.byKey[key].open, 0; q != nil && tried < mostRivals; q = q.next {
			switch fits := m.answers(p, q); {
			case fits && pr == nil:
				pr = q
			case fits:
				rivals++
			}
			if pr != nil {
				tried++
			}
		}
		if pr != nil {
			return pr, rivals
		}
	}
	for _, key := range keys {
		for q := m.byKey[key].done; q != nil; q = q.next {
			if m.answers(p, q) {
				return q, 0
			}
		}
	}
	return nil, 0
}

// answers tells whether p, received, answers a probe.
func (m *matcher) answers(p *layers.Packet, pr *probe) bool {
	if pr.here && isProbe(p.Data(), pr.bytes) {
		return false
	}
	if pr.of != nil && pr.of.first == pr {
		return p.Answers(pr.of.as)
	}
	ok := false
	pr.look(func(q *layers.Packet) { ok = p.Answers(q) })
	return ok
}

// settle moves a probe to those that are answered; with forget it is dropped instead.
func (m *matcher) settle(p *probe, forget bool) {
	m.drop(p)
	if forget {
		return
	}
	b := m.byKey[p.key]
	p.next, b.done = b.done, p
	m.byKey[p.key] = b
}

// drop takes an open probe out.
func (m *matcher) drop(p *probe) {
	b := m.byKey[p.key]
	var before *probe
	for q := b.open; q != nil; before, q = q, q.next {
		if q != p {
			continue
		}
		if before == nil {
			b.open = p.next
		} else {
			before.next = p.next
		}
		if b.last == p {
			b.last = before
		}
		break
	}
	p.next = nil
	if b == (bucket{}) {
		delete(m.byKey, p.key)
	} else {
		m.byKey[p.key] = b
	}
}

// isProbe tells whether a packet received on loopback is the one sent there,
// which the kernel may have completed: what it fills in is not compared (raw(7)).
func isProbe(got, sent []byte) bool {
	if len(got) != len(sent) || len(got) < 20 || got[0] != sent[0] {
		return false
	}
	if got[0]>>4 == 6 {
		return bytes.Equal(got, sent)
	}
	return got[9] == sent[9] && bytes.Equal(got[16:], sent[16:])
}
