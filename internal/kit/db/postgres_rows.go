// SPDX-License-Identifier: Apache-2.0

package db

import (
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"math"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
)

var errEOF = io.ErrUnexpectedEOF

// postgresRows is a result of PostgreSQL. free gives the connection back.
type postgresRows struct {
	r    pgx.Rows
	ctx  context.Context // of the caller: its end is not the database's fault
	raw  bool            // inside a transaction, whose end judges the errors
	free func()
}

func (r *postgresRows) next() bool { return r.r.Next() }

func (r *postgresRows) Scan(dest ...any) error {
	fields, raw := r.r.FieldDescriptions(), r.r.RawValues()
	if len(dest) != len(raw) {
		return fmt.Errorf("db: %d columns for %d destinations", len(raw), len(dest))
	}
	for i, d := range dest {
		if err := r.scan(d, &fields[i], raw[i]); err != nil {
			return fmt.Errorf("column %s: %w", fields[i].Name, err)
		}
	}
	return nil
}

// scan decodes the few types of the portable subset by hand, since database
// and driver would otherwise talk about them at length for every value.
func (r *postgresRows) scan(dest any, f *pgconn.FieldDescription, raw []byte) error {
	if raw == nil {
		return setNull(dest)
	}
	if f.Format == pgtype.BinaryFormatCode {
		switch f.DataTypeOID {
		case pgtype.Int8OID:
			return setInt(dest, int64(binary.BigEndian.Uint64(raw)))
		case pgtype.Int4OID:
			return setInt(dest, int64(int32(binary.BigEndian.Uint32(raw))))
		case pgtype.Int2OID:
			return setInt(dest, int64(int16(binary.BigEndian.Uint16(raw))))
		case pgtype.BoolOID:
			return setBool(dest, raw[0] != 0)
		case pgtype.Float8OID:
			return setFloat(dest, math.Float64frombits(binary.BigEndian.Uint64(raw)))
		case pgtype.ByteaOID:
			return setBytes(dest, append(make([]byte, 0, len(raw)), raw...)) // the driver owns raw
		case pgtype.NumericOID:
			return r.numeric(dest, f, raw)
		}
	}
	switch f.DataTypeOID {
	case pgtype.TextOID, pgtype.VarcharOID, pgtype.BPCharOID, pgtype.NameOID, pgtype.UnknownOID, pgtype.JSONOID:
		return setText(dest, string(raw))
	}
	return r.r.Conn().TypeMap().Scan(f.DataTypeOID, f.Format, raw, dest)
}

// numeric is what PostgreSQL makes of a sum of BIGINTs; it comes as text.
func (r *postgresRows) numeric(dest any, f *pgconn.FieldDescription, raw []byte) error {
	var n pgtype.Numeric
	if err := r.r.Conn().TypeMap().Scan(f.DataTypeOID, f.Format, raw, &n); err != nil {
		return err
	}
	v, err := n.Value()
	if err != nil {
		return err
	}
	s, ok := v.(string)
	if !ok {
		return fmt.Errorf("db: a numeric came as %T", v)
	}
	return setText(dest, s)
}

func (r *postgresRows) close() error {
	r.r.Close()
	err := r.r.Err()
	if r.free != nil {
		r.free()
	}
	if r.raw {
		return err
	}
	return postgresError(err, r.ctx.Err() != nil)
}
