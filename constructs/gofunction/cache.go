package gofunction

import (
	"crypto/sha256"
	"net/url"
	"os"
	"path/filepath"
)

// cache is a directory with the newest binary of each package, kept from one run of an app to the next. It is never trusted to
// be current: the go command is given the binary and decides whether to link a new one. That is why nothing here fails.
// What cannot be read or written costs the time of a link.
type cache string

// userCache is the cache of the user who runs the app. Without a home directory there is none.
func userCache() cache {
	dir, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return cache(filepath.Join(dir, "warmstandby", "gofunction"))
}

// restore writes the binaries of importPaths into dir, under the names that the go command gives them, and returns them.
func (c cache) restore(goarch string, importPaths []string, dir string) map[string]binary {
	restored := make(map[string]binary)
	for _, p := range importPaths {
		bin := c.read(goarch, p)
		if bin == nil {
			continue
		}
		file := filepath.Join(dir, executable(p))
		if err := os.WriteFile(file, bin, 0o755); err != nil {
			_ = os.Remove(file)
			continue
		}
		restored[p] = bin
	}
	return restored
}

// read returns the binary of importPath, or nil if there is none that is whole. The go command would not notice a damaged one,
// because it looks at the build ID only.
func (c cache) read(goarch, importPath string) binary {
	if c == "" {
		return nil
	}
	data, err := os.ReadFile(c.file(goarch, importPath))
	if err != nil || len(data) < sha256.Size {
		return nil
	}
	bin := binary(data[sha256.Size:])
	if sum := sha256.Sum256(bin); string(sum[:]) != string(data[:sha256.Size]) {
		return nil
	}
	return bin
}

// save keeps bin, after its checksum. It renames a finished file into place, because another process may read at the same time.
func (c cache) save(goarch, importPath string, bin binary) {
	file := c.file(goarch, importPath)
	if c == "" || os.MkdirAll(filepath.Dir(file), 0o700) != nil {
		return
	}
	f, err := os.CreateTemp(filepath.Dir(file), ".new-")
	if err != nil {
		return
	}
	defer os.Remove(f.Name()) // there is nothing left to remove after the rename
	sum := sha256.Sum256(bin)
	_, err = f.Write(append(sum[:], bin...))
	if closed := f.Close(); err == nil && closed == nil {
		_ = os.Rename(f.Name(), file)
	}
}

// file is where the binary of importPath is kept. Apps in several directories share it: their binaries differ only if
// their sources do.
func (c cache) file(goarch, importPath string) string {
	return filepath.Join(string(c), goarch, url.PathEscape(importPath))
}
