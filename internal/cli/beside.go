package cli

// beside does something while the caller does something else, on another core if there
// is one. The returned function waits for the result; what panics meanwhile panics there.
func beside[T any](do func() T) func() T {
	var result T
	var failed any
	ended := make(chan struct{})
	go func() { // it ends with do, which waits for nobody
		defer close(ended)
		defer func() { failed = recover() }()
		result = do()
	}()
	return func() T {
		<-ended
		if failed != nil {
			panic(failed)
		}
		return result
	}
}
