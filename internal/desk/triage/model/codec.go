// SPDX-License-Identifier: Apache-2.0

package model

import (
	"bytes"
	"compress/flate"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"

	"github.com/loopdesk/loopdesk/internal/kit/text"
)

// Format is the number of the way in which a model is written and its features are made. One of
// another format, or of other rules of kit/text, is not read: it is learned anew. One of weights
// alone, which the desk made before it counted as well, guesses as it did until the next night.
const (
	Format      = 2
	weightsOnly = 1
)

// ErrFormat says that a stored model is of another format, or damaged.
var ErrFormat = errors.New("a model of another format") //nolint:gochecknoglobals // a sentinel

// fine is the step in which weights are kept, so that what was stored guesses as what was learned.
const fine = 1.0 / 512

// header is what stands before the labels.
type header struct {
	Format, Rules                            uint32
	Heat                                     float64
	Learned, Tested                          uint32
	Accuracy, MacroF1, Majority, Sure, Cover float64
	Labels, Rows                             uint32
}

// limits of what is read back, so that damaged bytes cost little.
const (
	maxLabels = 1 << 14
	maxLabel  = 200
)

// coarse brings weights to the steps in which they are kept.
func (m *linear) coarse() {
	for i, w := range m.weights {
		m.weights[i] = float32(math.Round(float64(w)/fine)) * fine
	}
}

// Bytes writes the model. The same model gives the same bytes.
func (m *Model) Bytes() ([]byte, error) {
	var out bytes.Buffer
	z, err := flate.NewWriter(&out, flate.BestSpeed)
	if err != nil {
		return nil, err
	}
	q := m.quality
	h := header{
		Format: Format, Rules: text.Rules, Heat: m.heat, Learned: uint32(m.learned), Tested: uint32(q.Tested),
		Accuracy: q.Accuracy, MacroF1: q.MacroF1, Majority: q.Majority, Sure: q.Sure, Cover: q.Coverage,
		Labels: uint32(len(m.labels)), Rows: uint32(len(m.words.idf)),
	}
	b, err := binary.Append(nil, binary.LittleEndian, h)
	if err != nil {
		return nil, err
	}
	b = binary.LittleEndian.AppendUint64(b, math.Float64bits(m.beside))
	for k, l := range m.labels {
		b = append(binary.AppendUvarint(b, uint64(len(l))), l...)
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(m.bias[k]))
	}
	terms := make([]uint64, len(m.words.idf))
	for term, row := range m.words.rows {
		terms[row] = term
	}
	n := len(m.labels)
	for row, term := range terms {
		b = binary.LittleEndian.AppendUint64(b, term)
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(m.words.idf[row]))
		for _, w := range m.weights[row*n : row*n+n] {
			b = binary.AppendVarint(b, int64(math.Round(float64(w)/fine)))
		}
		b = m.counted.append(b, row, n)
		if len(b) > 1<<16 {
			if _, err := z.Write(b); err != nil {
				return nil, err
			}
			b = b[:0]
		}
	}
	if _, err := z.Write(b); err != nil {
		return nil, err
	}
	err = z.Close()
	return out.Bytes(), err
}

// Read reads what Bytes wrote. ErrFormat where it is something else.
func Read(stored []byte) (*Model, error) {
	r := &reader{r: flate.NewReader(bytes.NewReader(stored))}
	var h header
	if err := binary.Read(r, binary.LittleEndian, &h); err != nil || h.Format != Format && h.Format != weightsOnly || h.Rules != text.Rules {
		return nil, ErrFormat
	}
	if h.Labels < 2 || h.Labels > maxLabels || h.Rows > maxRows || int(h.Labels)*int(h.Rows) > maxWeights+maxLabels {
		return nil, ErrFormat
	}
	m := &Model{heat: h.Heat, learned: int(h.Learned), quality: Quality{int(h.Tested), h.Accuracy, h.MacroF1, h.Majority, h.Sure, h.Cover}}
	if h.Format != weightsOnly {
		m.beside = math.Float64frombits(r.term())
	}
	if !(m.heat > 0 && m.heat < math.Inf(1) && m.beside >= 0 && m.beside < math.Inf(1)) {
		return nil, ErrFormat
	}
	for range h.Labels {
		m.labels = append(m.labels, r.word())
		m.bias = append(m.bias, r.float())
	}
	m.words = &vocabulary{rows: make(map[uint64]int32, h.Rows), idf: make([]float32, h.Rows)}
	m.weights = make([]float32, int(h.Labels)*int(h.Rows))
	m.counted = &counted{at: make([]int32, h.Rows)}
	for row := range int(h.Rows) {
		m.words.rows[r.term()] = int32(row)
		m.words.idf[row] = r.float()
		at := row * len(m.labels)
		for k := range m.labels {
			m.weights[at+k] = float32(r.step()) * fine
		}
		m.counted.at[row] = -1
		if h.Format != weightsOnly {
			r.counts(m.counted, row, len(m.labels))
		}
	}
	if r.err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFormat, r.err)
	}
	m.counted.weigh(len(m.labels))
	return m, nil
}

// append writes the counts of a row: none where it is no word.
func (c *counted) append(b []byte, row, labels int) []byte {
	if c.at[row] < 0 {
		return append(b, 0)
	}
	b = append(b, 1)
	at := int(c.at[row]) * labels
	for _, n := range c.counts[at : at+labels] {
		b = binary.AppendUvarint(b, uint64(n))
	}
	return b
}

// counts reads what append wrote.
func (r *reader) counts(c *counted, row, labels int) {
	b, err := r.ReadByte()
	if err != nil || b == 0 {
		return
	}
	c.at[row] = int32(len(c.counts) / labels)
	for range labels {
		c.counts = append(c.counts, float32(r.whole()))
	}
}

// reader remembers the first thing that went wrong.
type reader struct {
	r   io.Reader
	err error
	buf [8]byte
}

func (r *reader) Read(p []byte) (int, error) { return r.r.Read(p) }

func (r *reader) ReadByte() (byte, error) {
	r.fill(1)
	return r.buf[0], r.err
}

func (r *reader) fill(n int) {
	if r.err == nil {
		_, r.err = io.ReadFull(r.r, r.buf[:n])
	}
}

func (r *reader) float() float32 {
	r.fill(4)
	return math.Float32frombits(binary.LittleEndian.Uint32(r.buf[:]))
}

func (r *reader) term() uint64 {
	r.fill(8)
	return binary.LittleEndian.Uint64(r.buf[:])
}

func (r *reader) step() int64 {
	n, err := binary.ReadVarint(r)
	if r.err == nil {
		r.err = err
	}
	return n
}

func (r *reader) whole() uint64 {
	n, err := binary.ReadUvarint(r)
	if r.err == nil {
		r.err = err
	}
	return n
}

func (r *reader) word() string {
	n := r.whole()
	if r.err != nil || n > maxLabel {
		r.err = errors.Join(r.err, ErrFormat)
		return ""
	}
	b := make([]byte, n)
	_, r.err = io.ReadFull(r.r, b)
	return string(b)
}
