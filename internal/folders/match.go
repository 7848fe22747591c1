package folders

import "strings"

// Match returns the file among those of the folders that an address names, such as
// https://wiki.example/runbooks/db/failover.md: of the files of that name those
// whose directories agree with the address the longest. Several are returned when it
// does not tell them apart.
func Match(files []File, address string) []File {
	wanted := strings.Split(strings.Trim(address, "/"), "/")
	last := len(wanted) - 1
	for _, suffix := range []string{extension, ".markdown", ".html", ".htm"} {
		wanted[last] = strings.TrimSuffix(wanted[last], suffix)
	}
	var best []File
	longest := 1
	for _, f := range files {
		switch n := agreement(strings.Split(f.Name, "/"), wanted); {
		case n > longest:
			best, longest = []File{f}, n
		case n == longest:
			best = append(best, f)
		}
	}
	return best
}

// agreement counts the parts in which two paths agree, from their ends.
func agreement(a, b []string) int {
	n := 0
	for n < min(len(a), len(b)) && a[len(a)-1-n] == b[len(b)-1-n] {
		n++
	}
	return n
}
