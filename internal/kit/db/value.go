// SPDX-License-Identifier: Apache-2.0

package db

import (
	"database/sql"
	"fmt"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/loopdesk/loopdesk/internal/kit/errs"
)

// Literal makes the wildcards of a text mean themselves, for a pattern of the form
// LIKE '%' || $1 || '%' ESCAPE '!'. It is the one way in which what somebody typed becomes a part
// of a pattern.
func Literal(text string) string { return wildcards.Replace(text) }

var wildcards = strings.NewReplacer("!", "!!", "%", "!%", "_", "!_") //nolint:gochecknoglobals // a constant that is only expensive to make

// values makes arguments what both drivers take without asking: int64,
// float64, bool, string, []byte and nil. A pointer is what it points at. What
// it does not know it passes on.
// The caller's slice stays as it is.
func values(args []any) ([]any, error) {
	if len(args) == 0 {
		return nil, nil
	}
	out := make([]any, len(args))
	for i, a := range args {
		out[i] = value(a)
		if s, ok := out[i].(string); ok {
			if err := checkText(s); err != nil {
				return nil, err
			}
		}
	}
	return out, nil
}

// checkText refuses on both engines what PostgreSQL cannot store: text that is
// not UTF-8 or has a NUL in it. Doors clean what they let in.
func checkText(s string) error {
	if !utf8.ValidString(s) || strings.IndexByte(s, 0) >= 0 {
		return errs.New(errs.Invalid, "db.text")
	}
	return nil
}

func value(a any) any {
	switch v := a.(type) {
	case nil, int64, string, bool, []byte, float64:
		return a
	case int:
		return int64(v)
	case time.Time:
		if v.IsZero() {
			return nil
		}
		return v.UnixMilli()
	case int32:
		return int64(v)
	}
	r := reflect.ValueOf(a)
	switch r.Kind() {
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return r.Int()
	case reflect.Uint8, reflect.Uint16, reflect.Uint32:
		return int64(r.Uint())
	case reflect.String:
		return r.String()
	case reflect.Bool:
		return r.Bool()
	case reflect.Float32, reflect.Float64:
		return r.Float()
	case reflect.Slice:
		if r.Type().Elem().Kind() == reflect.Uint8 {
			return r.Bytes()
		}
	case reflect.Pointer:
		if r.IsNil() {
			return nil
		}
		return value(r.Elem().Interface())
	default: // the driver may know it
	}
	return a
}

// setNull makes dest its zero value.
func setNull(dest any) error {
	switch d := dest.(type) {
	case *int64:
		*d = 0
	case *string:
		*d = ""
	case *time.Time:
		*d = time.Time{}
	case *bool:
		*d = false
	case *[]byte:
		*d = nil
	case sql.Scanner:
		return d.Scan(nil)
	default:
		r := reflect.ValueOf(dest)
		if r.Kind() != reflect.Pointer || r.IsNil() {
			return fmt.Errorf("db: cannot scan into %T", dest)
		}
		r.Elem().SetZero()
	}
	return nil
}

func setInt(dest any, v int64) error {
	switch d := dest.(type) {
	case *int64:
		*d = v
		return nil
	case *time.Time:
		if *d = (time.Time{}); v != 0 {
			*d = time.UnixMilli(v).UTC()
		}
		return nil
	case *bool:
		*d = v != 0
		return nil
	case *int:
		*d = int(v)
		return nil
	case *float64:
		*d = float64(v)
		return nil
	case *any:
		*d = v
		return nil
	case sql.Scanner:
		return d.Scan(v)
	}
	r, inner, err := target(dest)
	if err != nil || inner != nil {
		return through(err, inner, v, setInt)
	}
	switch r.Kind() {
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		if r.OverflowInt(v) {
			return fmt.Errorf("db: %d does not fit into %T", v, dest)
		}
		r.SetInt(v)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		if v < 0 || r.OverflowUint(uint64(v)) {
			return fmt.Errorf("db: %d does not fit into %T", v, dest)
		}
		r.SetUint(uint64(v))
	case reflect.Bool:
		r.SetBool(v != 0)
	case reflect.Float32, reflect.Float64:
		r.SetFloat(float64(v))
	default:
		return fmt.Errorf("db: cannot scan a whole number into %T", dest)
	}
	return nil
}

func setText(dest any, v string) error {
	switch d := dest.(type) {
	case *string:
		*d = v
		return nil
	case *[]byte:
		*d = []byte(v)
		return nil
	case *any:
		*d = v
		return nil
	case sql.Scanner:
		return d.Scan(v)
	}
	r, inner, err := target(dest)
	if err != nil || inner != nil {
		return through(err, inner, v, setText)
	}
	switch {
	case r.Kind() == reflect.String:
		r.SetString(v)
	case r.Kind() == reflect.Slice && r.Type().Elem().Kind() == reflect.Uint8:
		r.SetBytes([]byte(v))
	case r.CanFloat():
		// A mean of BIGINTs is NUMERIC on PostgreSQL and comes as text.
		n, wrong := strconv.ParseFloat(v, 64)
		if wrong != nil {
			return fmt.Errorf("db: cannot scan text into %T", dest)
		}
		r.SetFloat(n)
	default:
		// So is a sum.
		n, wrong := strconv.ParseInt(v, 10, 64)
		if wrong != nil {
			return fmt.Errorf("db: cannot scan text into %T", dest)
		}
		return setInt(dest, n)
	}
	return nil
}

// setBytes gives dest bytes that it may keep.
func setBytes(dest any, v []byte) error {
	switch d := dest.(type) {
	case *[]byte:
		*d = v
		return nil
	case *string:
		*d = string(v)
		return nil
	case *any:
		*d = v
		return nil
	case sql.Scanner:
		return d.Scan(v)
	}
	r, inner, err := target(dest)
	if err != nil || inner != nil {
		return through(err, inner, v, setBytes)
	}
	switch {
	case r.Kind() == reflect.Slice && r.Type().Elem().Kind() == reflect.Uint8:
		r.SetBytes(v)
	case r.Kind() == reflect.String:
		r.SetString(string(v))
	default:
		return fmt.Errorf("db: cannot scan bytes into %T", dest)
	}
	return nil
}

func setBool(dest any, v bool) error {
	switch d := dest.(type) {
	case *bool:
		*d = v
		return nil
	case *any:
		*d = v
		return nil
	}
	if v {
		return setInt(dest, 1)
	}
	return setInt(dest, 0)
}

func setFloat(dest any, v float64) error {
	switch d := dest.(type) {
	case *float64:
		*d = v
		return nil
	case *any:
		*d = v
		return nil
	case sql.Scanner:
		return d.Scan(v)
	}
	r, inner, err := target(dest)
	if err != nil || inner != nil {
		return through(err, inner, v, setFloat)
	}
	switch {
	case r.CanFloat():
		r.SetFloat(v)
	case float64(int64(v)) == v:
		return setInt(dest, int64(v))
	default:
		return fmt.Errorf("db: cannot scan %v into %T", v, dest)
	}
	return nil
}

// target returns what dest points at, or, where that is a pointer again, a
// fresh value of its type that is already hung into it.
func target(dest any) (at reflect.Value, inner any, err error) {
	r := reflect.ValueOf(dest)
	if r.Kind() != reflect.Pointer || r.IsNil() {
		return r, nil, fmt.Errorf("db: cannot scan into %T", dest)
	}
	r = r.Elem()
	if r.Kind() == reflect.Pointer {
		r.Set(reflect.New(r.Type().Elem()))
		return r, r.Interface(), nil
	}
	return r, nil, nil
}

func through[T any](err error, inner any, v T, set func(any, T) error) error {
	if err != nil {
		return err
	}
	return set(inner, v)
}

// set puts a value of SQLite's driver into a destination.
func set(dest, src any) error {
	switch v := src.(type) {
	case int64:
		return setInt(dest, v)
	case string:
		return setText(dest, v)
	case nil:
		return setNull(dest)
	case []byte:
		return setBytes(dest, append(make([]byte, 0, len(v)), v...)) // the driver owns v
	case bool:
		return setBool(dest, v)
	case float64:
		return setFloat(dest, v)
	}
	return fmt.Errorf("db: a %T came from the driver", src)
}
