package gofunction

import (
	"strings"
	"testing"
)

func TestValidate(t *testing.T) {
	valid := func() Props { return Props{ImportPath: "github.com/acme/shop/functions/orders"} }
	negative, zero := -1, 0
	for name, tc := range map[string]struct {
		change func(*Props)
		want   []string // nothing means valid
	}{
		"only an import path":                 {func(*Props) {}, nil},
		"import path with dots and a version": {func(p *Props) { p.ImportPath = "gopkg.in/a-b_c.v1/cmd/v2" }, nil},
		"least memory":                        {func(p *Props) { p.MemoryMiB = 128 }, nil},
		"most memory":                         {func(p *Props) { p.MemoryMiB = 10240 }, nil},
		"no concurrency":                      {func(p *Props) { p.ReservedConcurrency = &zero }, nil},
		"longest name":                        {func(p *Props) { p.FunctionName = strings.Repeat("x", 64) }, nil},
		"environment":                         {func(p *Props) { p.Environment = map[string]string{"DB_HOST1": ""} }, nil},
		"build with others":                   {func(p *Props) { p.BuildWith = []string{"example.com/a", "example.com/b"} }, nil},

		"fails without an import path": {
			func(p *Props) { p.ImportPath = "" },
			[]string{"ImportPath is required", "such as github.com/acme/shop/functions/orders"},
		},
		"fails on a relative path": {
			func(p *Props) { p.ImportPath = "./functions/orders" },
			[]string{"ImportPath must be the full import path of a main package", `got "./functions/orders"`},
		},
		"fails on a flag":    {func(p *Props) { p.ImportPath = "-toolexec=x" }, []string{`got "-toolexec=x"`}},
		"fails on a pattern": {func(p *Props) { p.ImportPath = "example.com/a..." }, []string{`got "example.com/a..."`}},
		"fails on a version": {func(p *Props) { p.ImportPath = "example.com/a@v1.0.0" }, []string{`got "example.com/a@v1.0.0"`}},
		"fails on a pattern to build with": {
			func(p *Props) { p.BuildWith = []string{"example.com/a", "example.com/..."} },
			[]string{`BuildWith must be the full import path of a main package, such as github.com/acme/shop/functions/orders, got "example.com/..."`},
		},
		"fails on too little memory": {
			func(p *Props) { p.MemoryMiB = 127 },
			[]string{"MemoryMiB must be 128 to 10240, got 127"},
		},
		"fails on too much memory": {
			func(p *Props) { p.MemoryMiB = 10241 },
			[]string{"MemoryMiB must be 128 to 10240, got 10241"},
		},
		"fails on negative concurrency": {
			func(p *Props) { p.ReservedConcurrency = &negative },
			[]string{"ReservedConcurrency must be at least 0, got -1"},
		},
		"fails on a name in Environment": {
			func(p *Props) { p.Environment = map[string]string{"1ST": "", "DB-HOST": ""} },
			[]string{`followed by letters, digits and underscores, got "1ST"`, `got "DB-HOST"`},
		},
		"fails on everything at once": {
			func(p *Props) { *p = Props{MemoryMiB: 1, ReservedConcurrency: &negative} },
			[]string{"ImportPath", "MemoryMiB", "ReservedConcurrency"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			p := valid()
			tc.change(&p)
			err := p.validate()
			if len(tc.want) == 0 {
				if err != nil {
					t.Errorf("got %v", err)
				}
				return
			}
			if err == nil {
				t.Fatal("valid")
			}
			for _, want := range tc.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("got %q, want it to say %q", err, want)
				}
			}
		})
	}
}
