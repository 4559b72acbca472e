// SPDX-License-Identifier: Apache-2.0

package mail

import (
	"bytes"
	"slices"
	"strconv"
	"strings"
)

// maxParams bounds the parameters of one field.
const maxParams = 100

// parseParams reads a field such as Content-Type: a value in lower case and its
// parameters, decoded. It takes what mail programs write: values with spaces and
// without quotes, missing semicolons behind the value, encoded words where none may
// be, raw bytes, and all forms of RFC 2231 in every character set. Of a parameter
// that is given twice the first counts.
func parseParams(v []byte, hint string) (string, map[string]string) {
	v = bytes.TrimSpace(v)
	end := bytes.IndexAny(v, "; \t")
	if end < 0 {
		end = len(v)
	}
	value := strings.ToLower(string(bytes.Trim(v[:end], `"'`)))
	var pieces []piece
	for rest := v[end:]; len(pieces) < maxParams; {
		rest = bytes.TrimLeft(rest, "; \t")
		if len(rest) == 0 {
			break
		}
		var p piece
		if p, rest = cutParam(rest); p.name != "" {
			pieces = append(pieces, p)
		}
	}
	return value, joinParams(pieces, hint)
}

// piece is one parameter as it stands there, or a part of one.
type piece struct {
	name    string
	index   int  // of a parameter in several parts (RFC 2231, 3); 0 otherwise
	percent bool // the value is in percent encoding (RFC 2231, 4)
	value   []byte
}

// cutParam splits the first parameter off v.
func cutParam(v []byte) (piece, []byte) {
	eq := bytes.IndexByte(v, '=')
	semi := bytes.IndexByte(v, ';')
	if eq < 0 || semi >= 0 && semi < eq { // no value: ";iso-8859-1;"
		if semi < 0 {
			return piece{}, nil
		}
		return piece{}, v[semi:]
	}
	p := piece{name: strings.ToLower(string(bytes.TrimSpace(v[:eq])))}
	v = bytes.TrimLeft(v[eq+1:], " \t")
	if len(v) > 0 && v[0] == '"' {
		p.value, v = cutQuoted(v)
	} else {
		end := bytes.IndexByte(v, ';')
		if end < 0 {
			end = len(v)
		}
		p.value, v = bytes.TrimRight(v[:end], " \t"), v[end:]
	}
	if name, ok := strings.CutSuffix(p.name, "*"); ok {
		p.name, p.percent = name, true
	}
	if name, index, ok := strings.Cut(p.name, "*"); ok {
		n, err := strconv.Atoi(index)
		if err != nil || n < 0 || n > 10*maxParams {
			return piece{}, v
		}
		p.name, p.index = name, n
	}
	return p, v
}

// cutQuoted splits a quoted string off v. Quotes inside that nobody escaped belong to
// it when more of the value follows them; a quote that is never closed ends at the
// next semicolon.
func cutQuoted(v []byte) ([]byte, []byte) {
	var out []byte
	for i := 1; i < len(v); i++ {
		switch {
		case v[i] == '\\' && i+1 < len(v) && (v[i+1] == '"' || v[i+1] == '\\'):
			i++
			out = append(out, v[i])
		case v[i] == '"':
			rest := bytes.TrimLeft(v[i+1:], " \t")
			if len(rest) == 0 || rest[0] == ';' || len(out) > 0 && !bytes.ContainsRune(rest, '"') {
				return out, v[i+1:]
			}
			if eq := bytes.IndexByte(rest, '='); eq > 0 && !bytes.ContainsAny(rest[:eq], " \t\";") {
				return out, v[i+1:] // a semicolon was forgotten
			}
			out = append(out, '"')
		default:
			out = append(out, v[i])
		}
	}
	if semi := bytes.IndexByte(v, ';'); semi > 0 {
		return bytes.TrimRight(v[1:semi], " \t"), v[semi:]
	}
	return out, nil
}

// joinParams decodes the parameters and puts parts together.
func joinParams(pieces []piece, hint string) map[string]string {
	out := map[string]string{}
	slices.SortStableFunc(pieces, func(a, b piece) int { return a.index - b.index })
	for i, p := range pieces {
		if _, done := out[p.name]; done {
			continue
		}
		// RFC 2231 wins over the plain form that stands beside it for old programs.
		if !p.percent && p.index == 0 {
			if j := slices.IndexFunc(pieces, func(x piece) bool { return x.name == p.name && x.percent && x.index == 0 }); j >= 0 {
				p, i = pieces[j], j
			}
		}
		out[p.name] = decodeParam(p, pieces[i+1:], hint)
	}
	return out
}

// decodeParam decodes a parameter whose first part is p and whose other parts are in rest.
func decodeParam(p piece, rest []piece, hint string) string {
	charset, value := "", p.value
	if p.percent {
		if parts := bytes.SplitN(value, []byte{'\''}, 3); len(parts) == 3 {
			charset, value = string(parts[0]), parts[2]
		}
		value = unpercent(value)
	}
	value = bytes.Clone(value)
	for next, i := 1, 0; i < len(rest); i++ {
		if rest[i].name != p.name || rest[i].index != next {
			continue
		}
		if rest[i].percent {
			value = append(value, unpercent(rest[i].value)...)
		} else {
			value = append(value, rest[i].value...)
		}
		next++
	}
	if p.percent {
		s, _ := decodeText(value, charset)
		return cleanLine(s)
	}
	return decodeWords(decode8(value, hint))
}

// unpercent decodes percent encoding; what is no good code stays as it is.
func unpercent(v []byte) []byte {
	out := make([]byte, 0, len(v))
	for i := 0; i < len(v); i++ {
		if v[i] == '%' && i+2 < len(v) && isHex(v[i+1]) && isHex(v[i+2]) {
			out = append(out, unhex(v[i+1])<<4|unhex(v[i+2]))
			i += 2
			continue
		}
		out = append(out, v[i])
	}
	return out
}
