// SPDX-License-Identifier: Apache-2.0

package job_test

import (
	"context"
	"strings"
	"testing"

	"github.com/loopdesk/loopdesk/internal/kit/clock"
	"github.com/loopdesk/loopdesk/internal/kit/db"
	"github.com/loopdesk/loopdesk/internal/kit/db/dbtest"
	"github.com/loopdesk/loopdesk/internal/kit/job"
)

// BenchmarkDrain says how long a job takes that does nothing, out of a full queue.
func BenchmarkDrain(b *testing.B) {
	for _, url := range dbtest.URLs(b) {
		engine, _, _ := strings.Cut(url, ":")
		b.Run(engine, func(b *testing.B) {
			d := dbtest.Open(b, url)
			q := job.New(d, clock.System(), nil)
			done := make(chan struct{}, b.N)
			q.Handle("nothing", func(context.Context, job.Job) error {
				done <- struct{}{}
				return nil
			})
			for left := b.N; left > 0; left -= 100 {
				specs := make([]job.Spec, min(left, 100))
				for i := range specs {
					specs[i] = job.Spec{Kind: "nothing", Payload: `{"event":1234567,"depth":1}`}
				}
				err := d.Write(b.Context(), func(ctx context.Context, tx *db.Tx) error { return q.Enqueue(ctx, tx, specs...) })
				if err != nil {
					b.Fatal(err)
				}
			}
			ctx, stop := context.WithCancel(b.Context())
			ended := make(chan error)
			b.ResetTimer()
			go func() { ended <- q.Run(ctx) }()
			for range b.N {
				<-done
			}
			b.StopTimer()
			stop()
			if err := <-ended; err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "jobs/s")
		})
	}
}
