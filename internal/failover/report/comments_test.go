package report_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"strings"
	"testing"
)

// comments are the doc comments of the types in directories, by the type's name, and of their fields, by type and field.
func comments(t *testing.T, directories ...string) map[string]string {
	t.Helper()
	all := make(map[string]string)
	for _, directory := range directories {
		files, err := filepath.Glob(filepath.Join(directory, "*.go"))
		if err != nil || len(files) == 0 {
			t.Fatalf("%s has no files: %v", directory, err)
		}
		for _, name := range files {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ParseComments)
			if err != nil {
				t.Fatal(err)
			}
			for _, d := range file.Decls {
				if d, ok := d.(*ast.GenDecl); ok && d.Tok == token.TYPE {
					commentsOf(d, all)
				}
			}
		}
	}
	return all
}

// commentsOf adds the comments of a declaration of types. A comment above several fields is about all of them.
func commentsOf(d *ast.GenDecl, all map[string]string) {
	for _, spec := range d.Specs {
		s := spec.(*ast.TypeSpec)
		body, ok := s.Type.(*ast.StructType)
		if !ok || !s.Name.IsExported() {
			continue
		}
		all[s.Name.Name] = oneLine(d.Doc)
		above := ""
		for i, f := range body.Fields.List {
			if f.Doc != nil || i == 0 {
				above = oneLine(f.Doc)
			}
			for _, name := range f.Names {
				all[s.Name.Name+"."+name.Name] = above
				if f.Comment != nil {
					all[s.Name.Name+"."+name.Name] = oneLine(f.Comment)
				}
			}
		}
	}
}

// oneLine is a comment without its line breaks, and without the brackets that link to names.
func oneLine(c *ast.CommentGroup) string {
	return strings.NewReplacer("[", "", "]", "").Replace(strings.Join(strings.Fields(c.Text()), " "))
}
