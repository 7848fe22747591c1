package i18n

import "testing"

func TestToldTranslatesWhatExecutorsReport(t *testing.T) {
	catalog, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	spanish, english := catalog.Printer("es"), catalog.Printer("en")
	for text, want := range map[string]string{
		"waiting for < 0.05: 0.31 after 4 s":                                                            "a la espera de < 0.05: 0.31 tras 4 s",
		"waiting for $.a == 1: no sample after 1m4s":                                                    "a la espera de $.a == 1: ninguna muestra tras 1m4s",
		"expected waiting 0, which is not in the output":                                                "se esperaba waiting 0, que no aparece en la salida",
		"expected 2xx, got status 401":                                                                  "se esperaba 2xx y llegó estado 401",
		"it did not end within 30s; it was ended by SIGTERM":                                            "no terminó en 30s; la terminó SIGTERM",
		"< 0.05 did not come true within 2m0s; last seen: 0.38":                                         "< 0.05 no se cumplió en 2m0s; lo último visto: 0.38",
		"it ended with exit code 127 (a command was not found)":                                         "terminó con el código de salida 127 (no se encontró una orden)",
		"attempt 1 of 3 failed: expected 2xx, got status 503; again in 2s":                              "el intento 1 de 3 falló: se esperaba 2xx y llegó estado 503; otra vez en 2s",
		"could not reach host db1: ssh: connect to host db1 port 22: No route to host":                  "no se llegó a la máquina db1: ssh: connect to host db1 port 22: No route to host",
		"it was cancelled; db1 did not say that all of it has ended: it may still run there":            "se canceló; db1 no dijo que todo haya terminado: puede que allí siga en marcha",
		"dial tcp: connection refused":                                                                  "dial tcp: connection refused",
		"":                                                                                              "",
		"status 302 leads to another address: GET https://b.example/x, sent without headers and body":   "el estado 302 lleva a otra dirección: GET https://b.example/x, enviada sin cabeceras ni cuerpo",
		"the redirect is not followed: it leads from https to http, which everybody between could read": "la redirección no se sigue: lleva de https a http, que cualquiera por el camino podría leer",
		"its 2 retries are not made: a POST is sent once":                                               "sus 2 reintentos no se hacen: un POST se envía una sola vez",
		"the output is like the runbook's to 0.42, expected 0.80":                                       "la salida se parece a la del runbook en 0.42, se esperaba 0.80",
	} {
		if got := spanish.Told(text); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
		if got := english.Told(text); got != text {
			t.Errorf("%q became %q in English", text, got)
		}
	}
}
