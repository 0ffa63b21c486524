// Command gotime asks Go's time package what it makes of durations, layouts and moments.
//
// Cases come as JSON on standard input and go with their answers to standard output.
package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"runtime"
	"strings"
	"time"
)

type moment struct {
	Seconds int64  `json:"seconds"`
	Nanos   int64  `json:"nanos"`
	Offset  int    `json:"offset"`
	Zone    string `json:"zone"`
}

func (m moment) time() time.Time {
	zone := time.UTC
	if m.Offset != 0 || m.Zone != "UTC" {
		zone = time.FixedZone(m.Zone, m.Offset)
	}
	return time.Unix(m.Seconds, m.Nanos).In(zone)
}

func momentOf(t time.Time) *moment {
	zone, offset := t.Zone()
	return &moment{t.Unix(), int64(t.Nanosecond()), offset, zone}
}

type testCase struct {
	Kind   string  `json:"kind"`
	Text   string  `json:"text,omitempty"`
	Layout string  `json:"layout,omitempty"`
	Moment *moment `json:"moment,omitempty"`
	Number int64   `json:"number,omitempty"`
	Date   []int   `json:"date,omitempty"`

	Answer string  `json:"answer,omitempty"`
	Result *moment `json:"result,omitempty"`
	Length int64   `json:"length,omitempty"`
	Error  string  `json:"error,omitempty"`
	Fields []int   `json:"fields,omitempty"`
}

type vectors struct {
	Go    string     `json:"go"`
	Cases []testCase `json:"cases"`
}

func (c *testCase) run() {
	switch c.Kind {
	case "duration":
		length, err := time.ParseDuration(c.Text)
		if err != nil {
			c.Error = err.Error()
			return
		}
		c.Length, c.Answer = int64(length), length.String()
	case "length":
		c.Answer = time.Duration(c.Number).String()
	case "format":
		c.Answer = c.Moment.time().Format(c.Layout)
	case "parse":
		parsed, err := time.Parse(c.Layout, c.Text)
		if err != nil {
			c.Error = err.Error()
			return
		}
		c.Result = momentOf(parsed)
	case "truncate":
		c.Result = momentOf(c.Moment.time().Truncate(time.Duration(c.Number)))
	case "round":
		c.Result = momentOf(c.Moment.time().Round(time.Duration(c.Number)))
	case "add":
		c.Result = momentOf(c.Moment.time().Add(time.Duration(c.Number)))
	case "date":
		c.Result = momentOf(c.Moment.time().AddDate(c.Date[0], c.Date[1], c.Date[2]))
	case "fields":
		t := c.Moment.time()
		c.Fields = []int{
			t.Year(), int(t.Month()), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), int(t.Weekday()), t.YearDay(),
		}
		c.Answer = t.String()
	default:
		panic("unknown kind " + c.Kind)
	}
}

func main() {
	// The machine's zone takes part in parsing; the tests take UTC for it as well.
	time.Local = time.UTC
	var result vectors
	if err := json.NewDecoder(os.Stdin).Decode(&result.Cases); err != nil {
		panic(err)
	}
	result.Go = runtime.Version()
	for i := range result.Cases {
		result.Cases[i].run()
	}
	// One case a line, so that a change shows as a change of lines.
	fmt.Printf("{\"go\": %q,\n\"cases\": [\n", result.Go)
	for i, c := range result.Cases {
		if i > 0 {
			fmt.Println(",")
		}
		fmt.Print(line(c))
	}
	fmt.Println("\n]}")
}

func line(c testCase) string {
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(c); err != nil {
		panic(err)
	}
	return strings.TrimSpace(buffer.String())
}
