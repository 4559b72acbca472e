// SPDX-License-Identifier: Apache-2.0

package app

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/loopdesk/loopdesk/internal/desk/access"
	"github.com/loopdesk/loopdesk/internal/desk/ticket"
)

// meters are what an operator watches. They count and never name: no person, no ticket.
type meters struct {
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
}

func newMeters() meters {
	m := meters{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "loopdesk_http_request_seconds", Help: "Time to answer, by method and class of status.",
			Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}, []string{"method", "status"}),
	}
	version, goVersion := Version()
	built := prometheus.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "loopdesk_build_info", Help: "What runs here.",
		ConstLabels: prometheus.Labels{"version": version, "go": goVersion},
	}, func() float64 { return 1 })
	m.registry.MustRegister(m.requests, built, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	return m
}

// metrics is the door for the operator: /metrics and the two signs of life.
func (h *House) metrics() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/healthz", readOnly(h.healthz))
	mux.Handle("/readyz", readOnly(h.readyz))
	mux.Handle("GET /metrics", promhttp.HandlerFor(h.meters.registry, promhttp.HandlerOpts{}))
	return mux
}

// Describe says nothing in advance: which kinds of job there are is known when asked.
func (h *House) Describe(chan<- *prometheus.Desc) {}

// Collect reads queue and board when it is asked. What cannot be read is left out; that the
// database is away is told by readyz.
func (h *House) Collect(out chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	gauge := func(name, help string, v float64, labels prometheus.Labels) {
		out <- prometheus.MustNewConstMetric(prometheus.NewDesc("loopdesk_"+name, help, nil, labels), prometheus.GaugeValue, v)
	}
	counted := h.Tickets.Counts(ctx, access.Desk()).Views
	delete(counted, ticket.Mine) // nobody is asking
	for view, n := range counted {
		gauge("tickets", "Open tickets by view; a ticket stands in several.", float64(n), prometheus.Labels{"view": string(view)})
	}
	if list, err := h.Intake.Tally(ctx, access.Desk()); err == nil {
		for _, t := range list {
			gauge("inbound", "Messages received, by what became of them.", float64(t.Count),
				prometheus.Labels{"state": string(t.State), "outcome": string(t.Outcome)})
		}
	}
	counts, err := h.Jobs.Counts(ctx)
	if err != nil {
		return
	}
	for _, c := range counts {
		for state, n := range map[string]int{"waiting": c.Waiting, "due": c.Due, "running": c.Running, "dead": c.Dead} {
			gauge("jobs", "Jobs by kind and state.", float64(n), prometheus.Labels{"kind": c.Kind, "state": state})
		}
	}
}

// timed measures the answers of a handler.
func (m meters) timed(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start := time.Now()
		seen := &answered{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(seen, r)
		m.requests.WithLabelValues(method(r.Method), strconv.Itoa(seen.status/100)+"xx").Observe(time.Since(start).Seconds())
	})
}

// method bounds what a stranger can make a label of.
func method(s string) string {
	switch s {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete:
		return s
	}
	return "other"
}

// answered remembers the status of an answer.
type answered struct {
	http.ResponseWriter
	status int
}

// WriteHeader notes the status.
func (a *answered) WriteHeader(status int) {
	a.status = status
	a.ResponseWriter.WriteHeader(status)
}

// Unwrap lets http.ResponseController through.
func (a *answered) Unwrap() http.ResponseWriter { return a.ResponseWriter }
