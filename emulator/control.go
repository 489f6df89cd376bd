package emulator

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/interline-ai/interline/emulator/core"
)

// control is the HTTP interface that orders drills and shows the bill.
type control struct {
	places []Place
	names  map[string]string
	core   *core.Core
}

// about is what GET / answers.
const about = `{
  "what": "control interface of emulated AI clouds; nothing here is a real cloud",
  "routes": {
    "GET /places": "the emulated clouds, their addresses and their plainly fake credentials",
    "GET /drills": "the faults that are ordered and not yet over",
    "POST /drills": "order a fault: {\"target\",\"kind\",\"for\",\"count\",\"after\",\"status\",\"delay\"}",
    "DELETE /drills": "end all faults",
    "DELETE /drills/{id}": "end one fault",
    "GET /bill": "what would be charged for, and the sum; ?place= for one place",
    "DELETE /bill": "forget the bill"
  }
}
`

// ServeHTTP routes by hand, so that wrong methods and paths get JSON too.
func (c *control) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("X-Emulated-By", "interline")
	if id, ok := strings.CutPrefix(r.URL.Path, "/drills/"); ok {
		c.only(w, r, map[string]http.HandlerFunc{
			http.MethodDelete: func(w http.ResponseWriter, _ *http.Request) { c.removeDrill(w, id) },
		})
		return
	}
	switch r.URL.Path {
	case "/":
		c.only(w, r, map[string]http.HandlerFunc{http.MethodGet: c.about})
	case "/places":
		c.only(w, r, map[string]http.HandlerFunc{http.MethodGet: c.listPlaces})
	case "/drills":
		c.only(w, r, map[string]http.HandlerFunc{
			http.MethodGet: c.listDrills, http.MethodPost: c.addDrill, http.MethodDelete: c.clearDrills,
		})
	case "/bill":
		c.only(w, r, map[string]http.HandlerFunc{http.MethodGet: c.showBill, http.MethodDelete: c.clearBill})
	default:
		refuse(w, http.StatusNotFound, "no such route; GET / lists them")
	}
}

func (c *control) only(w http.ResponseWriter, r *http.Request, by map[string]http.HandlerFunc) {
	if h, ok := by[r.Method]; ok {
		h(w, r)
		return
	}
	var methods []string
	for m := range by {
		methods = append(methods, m)
	}
	slices.Sort(methods)
	w.Header().Set("Allow", strings.Join(methods, ", "))
	refuse(w, http.StatusMethodNotAllowed, "methods of this route: "+strings.Join(methods, ", "))
}

func (c *control) about(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	_, _ = io.WriteString(w, about)
}

func (c *control) listPlaces(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, map[string]any{"places": c.places})
}

// order is a drill as it is asked for.
type order struct {
	Target string    `json:"target"`
	Kind   core.Kind `json:"kind"`
	For    core.Span `json:"for"`
	Count  int       `json:"count"`
	After  int       `json:"after"`
	Status int       `json:"status"`
	Delay  core.Span `json:"delay"`
}

func (c *control) addDrill(w http.ResponseWriter, r *http.Request) {
	o, err := readOrder(http.MaxBytesReader(w, r.Body, 64<<10))
	if err != nil {
		refuse(w, http.StatusBadRequest, err.Error())
		return
	}
	drill, err := c.core.Drills.Add(core.Drill{
		Target: o.Target, Kind: o.Kind, For: o.For, Count: o.Count, After: o.After, Status: o.Status, Delay: o.Delay,
	})
	if err != nil {
		refuse(w, http.StatusBadRequest, err.Error())
		return
	}
	writeJSON(w, http.StatusCreated, drill)
}

// readOrder reads a drill and says which fields there are when it cannot.
func readOrder(body io.Reader) (order, error) {
	var o order
	d := json.NewDecoder(body)
	d.DisallowUnknownFields()
	if err := d.Decode(&o); err != nil {
		return o, fmt.Errorf("read drill: %w; fields: target, kind, for, count, after, status, delay", err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return o, errors.New("read drill: more than one JSON value")
	}
	return o, nil
}

func (c *control) listDrills(w http.ResponseWriter, _ *http.Request) {
	writeJSON(w, http.StatusOK, map[string]any{"drills": c.core.Drills.List()})
}

func (c *control) clearDrills(w http.ResponseWriter, _ *http.Request) {
	c.core.Drills.Clear()
	w.WriteHeader(http.StatusNoContent)
}

func (c *control) removeDrill(w http.ResponseWriter, id string) {
	if !c.core.Drills.Remove(id) {
		refuse(w, http.StatusNotFound, fmt.Sprintf("no drill %q is under way", id))
		return
	}
	w.WriteHeader(http.StatusNoContent)
}

func (c *control) showBill(w http.ResponseWriter, r *http.Request) {
	asked := r.URL.Query().Get("place")
	place, known := c.names[asked]
	if asked != "" && !known {
		refuse(w, http.StatusBadRequest, fmt.Sprintf("unknown place %q; valid: %s", asked, strings.Join(c.core.Drills.Targets(), ", ")))
		return
	}
	rows := c.core.Bill.Rows(place)
	var total core.Usage
	for _, row := range rows {
		total = total.Add(row.Usage)
	}
	writeJSON(w, http.StatusOK, map[string]any{"total": total, "rows": rows})
}

func (c *control) clearBill(w http.ResponseWriter, _ *http.Request) {
	c.core.Bill.Clear()
	w.WriteHeader(http.StatusNoContent)
}

func refuse(w http.ResponseWriter, status int, message string) {
	writeJSON(w, status, map[string]string{"error": message})
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	body, _ := json.Marshal(v) // plain values always encode
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(append(body, '\n'))
}
