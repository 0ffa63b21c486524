// Command gotemplate runs a list of template cases through Go's own text/template.
//
// It reads the cases as JSON from standard input and writes them with what Go made of them to standard output. The tagged
// values ({"@": TYPE, "v": VALUE}) have their Python counterparts in values.py beside this file.
package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"reflect"
	"runtime"
	"strings"
	"text/template"
	"time"
)

type testCase struct {
	Template string          `json:"template"`
	Data     json.RawMessage `json:"data,omitempty"`
	Output   string          `json:"output"`
	Error    string          `json:"error,omitempty"`
	Message  string          `json:"message,omitempty"`
}

type vectors struct {
	Go     string          `json:"go"`
	Sample json.RawMessage `json:"sample"`
	Cases  []testCase      `json:"cases"`
}

// Color has a String method on an integer.
type Color int

func (c Color) String() string { return fmt.Sprintf("color(%d)", int(c)) }

// Name is a string without methods.
type Name string

// Digest is a string with methods.
type Digest string

func (d Digest) String() string    { return string(d) }
func (d Digest) Algorithm() string { return strings.SplitN(string(d), ":", 2)[0] }
func (d Digest) Validate() error   { return errors.New("not valid") }

// Point is a plain struct.
type Point struct{ X, Y int }

// Temp is a struct with a String method.
type Temp struct{ Degrees float64 }

func (t Temp) String() string { return fmt.Sprintf("%.1f°", t.Degrees) }

// Person has fields of every kind, and methods.
type Person struct {
	Name   string
	Age    int
	Tags   []string
	Labels map[string]string
	Boss   *Person
	Any    any
	Shade  Color
	Where  *Point
}

func (p Person) Greet(word string) string                { return word + " " + p.Name }
func (p Person) Fail() (string, error)                   { return "", errors.New("this always fails") }
func (p Person) Add(a, b int) int                        { return a + b }
func (p Person) Join(sep string, parts ...string) string { return strings.Join(parts, sep) }
func (p Person) IsOld() bool                             { return p.Age > 60 }
func (p Person) Self() *Person                           { return &p }

// Pet holds no pointers, so that it prints the same each time.
type Pet struct {
	Name   string
	Tags   []string
	Any    any
	Nil    any
	Shade  Color
	Counts map[string]int
	Home   Point
}

func pet(name string) *Pet {
	return &Pet{name, []string{"x", "y z"}, 7, nil, 3, map[string]int{"b": 2, "a": 1}, Point{1, 2}}
}

func person(name string) *Person {
	boss := &Person{Name: "Ada", Age: 70}
	return &Person{
		Name: name, Age: 41, Tags: []string{"x", "y z"}, Labels: map[string]string{"b": "2", "a": "1"},
		Boss: boss, Any: 7, Shade: 3, Where: &Point{1, 2},
	}
}

func tagged(kind string, raw json.RawMessage) any {
	into := func(target any) {
		if err := json.Unmarshal(raw, target); err != nil {
			panic(fmt.Sprintf("%s: %v", kind, err))
		}
	}
	switch kind {
	case "int8":
		var v int8
		into(&v)
		return v
	case "int32":
		var v int32
		into(&v)
		return v
	case "int64":
		var v int64
		into(&v)
		return v
	case "uint":
		var v uint
		into(&v)
		return v
	case "uint8":
		var v uint8
		into(&v)
		return v
	case "uint64":
		var v uint64
		into(&v)
		return v
	case "float64":
		var v float64
		into(&v)
		return v
	case "complex128":
		var v [2]float64
		into(&v)
		return complex(v[0], v[1])
	case "[]byte":
		var v string
		into(&v)
		return []byte(v)
	case "[]string":
		var v []string
		into(&v)
		return v
	case "[]int":
		var v []int
		into(&v)
		return v
	case "map[string]string":
		var v map[string]string
		into(&v)
		return v
	case "map[string]int":
		var v map[string]int
		into(&v)
		return v
	case "map[int]string":
		var v map[int]string
		into(&v)
		return v
	case "Color":
		var v Color
		into(&v)
		return v
	case "Name":
		var v Name
		into(&v)
		return v
	case "Digest":
		var v Digest
		into(&v)
		return v
	case "Duration":
		var v time.Duration
		into(&v)
		return v
	}
	return special(kind, raw)
}

func special(kind string, raw json.RawMessage) any {
	var text string
	_ = json.Unmarshal(raw, &text)
	var number float64
	_ = json.Unmarshal(raw, &number)
	switch kind {
	case "Person":
		return *person(text)
	case "*Person":
		return person(text)
	case "nil *Person":
		return (*Person)(nil)
	case "Pet":
		return *pet(text)
	case "*Pet":
		return pet(text)
	case "Point":
		return Point{int(number), int(number) + 1}
	case "*Point":
		return &Point{int(number), int(number) + 1}
	case "Temp":
		return Temp{number}
	case "*Temp":
		return &Temp{number}
	case "nil *Temp":
		return (*Temp)(nil)
	case "nil []string":
		return []string(nil)
	case "nil map[string]string":
		return map[string]string(nil)
	case "[]Point":
		return []Point{{1, 2}, {3, 4}}
	case "func upper":
		return strings.ToUpper
	case "func add":
		return func(a, b int) int { return a + b }
	case "func fail":
		return func() (int, error) { return 0, errors.New("function failed") }
	case "nil":
		return nil
	}
	panic("unknown kind " + kind)
}

// sample is the data that many cases share.
var sample json.RawMessage

func decode(raw json.RawMessage) any {
	if len(raw) == 0 {
		return nil
	}
	switch raw[0] {
	case '{':
		var object map[string]json.RawMessage
		if err := json.Unmarshal(raw, &object); err != nil {
			panic(err)
		}
		if kind, ok := object["@"]; ok {
			var name string
			_ = json.Unmarshal(kind, &name)
			if name == "sample" {
				return decode(sample)
			}
			return tagged(name, object["v"])
		}
		result := map[string]any{}
		for key, value := range object {
			result[key] = decode(value)
		}
		return result
	case '[':
		var list []json.RawMessage
		if err := json.Unmarshal(raw, &list); err != nil {
			panic(err)
		}
		result := make([]any, len(list))
		for i, value := range list {
			result[i] = decode(value)
		}
		return result
	}
	var number int
	if json.Unmarshal(raw, &number) == nil && string(raw) != "null" {
		return number
	}
	var value any
	if err := json.Unmarshal(raw, &value); err != nil {
		panic(err)
	}
	return value
}

func encoded(value any, indent string) (string, error) {
	var buffer bytes.Buffer
	encoder := json.NewEncoder(&buffer)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", indent)
	err := encoder.Encode(value)
	return buffer.String(), err
}

func orElse(fallback, value any) any {
	if value == nil || value == reflect.Zero(reflect.TypeOf(value)).Interface() {
		return fallback
	}
	return value
}

var functions = template.FuncMap{
	"same":       func(value any) any { return value },
	"wantString": func(value string) string { return "s:" + value },
	"wantInt":    func(value int) int { return value },
	"wantFloat":  func(value float64) float64 { return value },
	"wantBool":   func(value bool) bool { return value },
	"wantMap":    func(value map[string]any) int { return len(value) },
	"total": func(values ...int) int {
		sum := 0
		for _, value := range values {
			sum += value
		}
		return sum
	},
	"nothing":    func() string { return "nothing" },
	"null":       func() any { return nil },
	"fails":      func() (string, error) { return "", errors.New("made to fail") },
	"default":    orElse,
	"join":       strings.Join,
	"lower":      strings.ToLower,
	"upper":      strings.ToUpper,
	"split":      strings.Split,
	"trimSpace":  strings.TrimSpace,
	"json":       func(value any) (string, error) { return encoded(value, "") },
	"jsonPretty": func(value any) (string, error) { return encoded(value, "  ") },
}

func run(c *testCase) {
	parsed, err := template.New("out").Funcs(functions).Parse(c.Template)
	if err != nil {
		c.Error, c.Message = "parse", err.Error()
		return
	}
	var output strings.Builder
	if err := parsed.Execute(&output, decode(c.Data)); err != nil {
		c.Error, c.Message = "run", err.Error()
	}
	c.Output = output.String()
}

func main() {
	var result vectors
	if err := json.NewDecoder(os.Stdin).Decode(&result); err != nil {
		panic(err)
	}
	result.Go = runtime.Version()
	sample = result.Sample
	for i := range result.Cases {
		run(&result.Cases[i])
	}
	// One case a line, so that a change shows as a change of lines.
	fmt.Printf("{\"go\": %q,\n\"sample\": %s,\n\"cases\": [\n", result.Go, result.Sample)
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
