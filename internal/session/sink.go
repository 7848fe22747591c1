package session

import (
	"sync"
	"time"

	"genia.ai/bitacora/actions"
	"genia.ai/bitacora/internal/redact"
	"genia.ai/bitacora/internal/sanitize"
	"genia.ai/bitacora/internal/transcript"
)

// maxOutput is how much of one action's output is kept, in bytes. What comes
// after is counted.
const maxOutput = 64 << 20

// beyondEvery is how often front ends are told how much was only counted.
const beyondEvery = time.Second

// pipeline is the way of every byte of one stream: strict decoding and
// stripping, then redaction.
type pipeline struct {
	filter *sanitize.Filter
	masks  *redact.Stream
}

// piece is what is clean and waits for the file, or (without text) how much was only
// counted so far.
type piece struct {
	stream Stream
	text   []byte
	beyond int64
}

// maxWaiting bounds the pieces that wait for the file. While one is written, the next
// ones are made clean already.
const maxWaiting = 4

// sink takes what an action prints and hands it, clean, to the file and the feeds.
// Its goroutine writes; it ends with close.
type sink struct {
	output  *transcript.Output
	clock   transcript.Clock
	publish func(Update)
	action  string
	attempt int

	mu      sync.Mutex
	streams map[Stream]*pipeline
	secrets *redact.Set
	kept    int64
	dropped int64
	told    time.Time // when the front ends last heard of dropped
	closed  bool

	waiting chan piece
	used    chan []byte // buffers to be filled again
	written chan struct{}
}

func newSink(s *Session, output *transcript.Output, action string, attempt int) *sink {
	k := &sink{
		output: output, clock: s.opts.Clock, publish: s.publish, action: action, attempt: attempt,
		streams: map[Stream]*pipeline{}, secrets: s.opts.Redact,
		waiting: make(chan piece, maxWaiting), used: make(chan []byte, maxWaiting), written: make(chan struct{}),
	}
	go k.write()
	return k
}

// write puts what is clean into the file and then into the feeds. A failure of the
// file is sticky in the transcript, which reports it at the action's end; the
// operator still sees the output.
func (k *sink) write() {
	defer close(k.written)
	for p := range k.waiting {
		if p.text == nil {
			k.publish(OutputBeyond{Action: k.action, Bytes: p.beyond})
			continue
		}
		_ = k.output.Write(string(p.stream), p.text)
		k.publish(OutputPrinted{Action: k.action, Attempt: k.attempt, Stream: p.stream, Text: string(p.text)})
		select {
		case k.used <- p.text:
		default:
		}
	}
}

func streamOf(stream actions.Stream) Stream {
	switch stream {
	case actions.StreamErr:
		return StreamErr
	case actions.StreamInfo:
		return StreamInfo
	}
	return StreamOut
}

// Write implements actions.Sink. What comes behind the end of the action, from a part
// of an executor that panicked, say, is dropped.
func (k *sink) Write(stream actions.Stream, p []byte) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.closed {
		return
	}
	if k.kept >= maxOutput {
		k.count(int64(len(p)))
		return
	}
	name := streamOf(stream)
	pipe := k.pipe(name)
	k.pass(name, pipe.masks.Next(pipe.filter.Next(p)))
}

func (k *sink) pipe(name Stream) *pipeline {
	pipe := k.streams[name]
	if pipe == nil {
		pipe = &pipeline{filter: sanitize.New(sanitize.Options{}), masks: k.secrets.Stream()}
		k.streams[name] = pipe
	}
	return pipe
}

// pass needs k.mu.
func (k *sink) pass(name Stream, clean []byte) {
	if len(clean) == 0 {
		return
	}
	if room := maxOutput - k.kept; int64(len(clean)) > room {
		k.count(int64(len(clean)) - room)
		clean = clean[:room]
	}
	if len(clean) == 0 {
		return
	}
	k.kept += int64(len(clean))
	var buffer []byte
	select {
	case buffer = <-k.used:
	default:
	}
	k.waiting <- piece{stream: name, text: append(buffer[:0], clean...)}
}

// count takes note of bytes that are neither kept nor shown. It needs k.mu.
func (k *sink) count(bytes int64) {
	k.dropped += bytes
	if now := k.clock.Now(); now.Sub(k.told) >= beyondEvery {
		k.told = now
		k.waiting <- piece{beyond: k.dropped}
	}
}

// close passes on what was held back and returns what the end of the action says
// of its output, and how many secrets were masked.
func (k *sink) close() (summary transcript.OutputSummary, dropped int64, masked int, err error) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, name := range []Stream{StreamOut, StreamErr, StreamInfo} {
		pipe := k.streams[name]
		if pipe == nil {
			continue
		}
		k.pass(name, pipe.masks.Flush(pipe.masks.Append(nil, pipe.filter.Flush(nil))))
		masked += pipe.masks.Count()
	}
	k.closed = true
	close(k.waiting)
	<-k.written
	summary, err = k.output.Close()
	return summary, k.dropped, masked, err
}
