package e2e

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"genia.ai/bitacora/internal/sandbox"
)

// practice starts a practice service and returns it with the environment that
// points the shipped runbook at it.
func practice(t *testing.T, fault string) (*sandbox.Service, []string) {
	t.Helper()
	service, err := sandbox.Start(t.Context(), sandbox.Options{Fault: fault})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := service.Close(); err != nil {
			t.Error(err)
		}
	})
	env := slices.DeleteFunc(home(t), func(pair string) bool {
		return strings.HasPrefix(pair, "PATH=") && service.Env()["PATH"] != ""
	})
	for name, value := range service.Env() {
		env = append(env, name+"="+value)
	}
	return service, append(env, "ADMIN_TOKEN="+service.Token())
}

func fingerprint(t *testing.T, service *sandbox.Service) string {
	t.Helper()
	sum, err := service.Fingerprint()
	if err != nil {
		t.Fatal(err)
	}
	return sum
}

// local is the shipped runbook with its hosts opened for the practice service.
func local(t *testing.T, service *sandbox.Service) string {
	t.Helper()
	source, err := os.ReadFile(filepath.Join("..", "..", "runbooks", "library", "rollback-conectores.md"))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "rollback.md")
	if err := os.WriteFile(path, source, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// TestRehearsalTouchesNothing walks every scenario as a rehearsal against a live
// service and compares its state, repository, served files and mail before and
// after, byte for byte. A live run of the same must differ.
func TestRehearsalTouchesNothing(t *testing.T) {
	for _, scenario := range []string{"connector", "executor", "panel"} {
		t.Run(scenario, func(t *testing.T) {
			service, env := practice(t, sandbox.FaultFor(scenario, "facebook"))
			args := []string{
				"run", local(t, service), "--auto", "--scenario", scenario, "--answer", "rollback=yes",
				"--param", "version=v1.4.2", "--param", "connector=facebook",
			}
			before := fingerprint(t, service)
			out, errs, code := command(t, env, append(args, "--dry-run")...)
			if code != 0 {
				t.Fatalf("exit %d\n%s%s", code, out, errs)
			}
			if !strings.Contains(out, "ENSAYO") {
				t.Error("the rehearsal does not say that it is one")
			}
			if after := fingerprint(t, service); after != before {
				t.Error("the rehearsal changed the service")
			}
			out, errs, code = command(t, env, args...)
			if code != 0 {
				t.Fatalf("exit %d\n%s%s", code, out, errs)
			}
			if after := fingerprint(t, service); after == before {
				t.Error("the live run changed nothing: the comparison proves nothing")
			}
		})
	}
}

// TestNoRollbackTouchesNothing answers the go/no-go with no.
func TestNoRollbackTouchesNothing(t *testing.T) {
	service, env := practice(t, "facebook")
	before := fingerprint(t, service)
	out, errs, code := command(t, env, "run", local(t, service), "--auto", "--scenario", "connector",
		"--answer", "rollback=no", "--param", "version=v1.4.2", "--param", "connector=facebook")
	if code != 0 {
		t.Fatalf("exit %d\n%s%s", code, out, errs)
	}
	if after := fingerprint(t, service); after != before {
		t.Error("a walk without a rollback changed the service")
	}
}

// shared returns the path of test data that lies beside the repository.
func shared(t *testing.T, path ...string) string {
	t.Helper()
	root := os.Getenv("BITACORA_SHARED")
	if root == "" {
		root = filepath.Join("..", "..", "..", "shared")
	}
	root, err := filepath.Abs(filepath.Join(append([]string{root}, path...)...))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(root); err != nil {
		t.Skip("the shared test data is not here")
	}
	return root
}

// TestPlanAsItWasWrittenIsRehearsed walks a plan that was never written for us.
func TestPlanAsItWasWrittenIsRehearsed(t *testing.T) {
	plan := shared(t, "plan", "plan-de-rollback.md")
	for scenario, wants := range map[string][]string{
		"1": {"rollback_connector.sh", "Notificar a los usuarios afectados"},
		"2": {"rollback_executor.sh", "Notificar a todos los usuarios"},
		"3": {"Desactivar temporalmente el acceso al panel"},
	} {
		t.Run(scenario, func(t *testing.T) {
			out, errs, code := command(t, home(t), "run", plan, "--dry-run", "--auto", "--scenario", scenario)
			if code != 0 {
				t.Fatalf("exit %d\n%s%s", code, out, errs)
			}
			chosen := strings.Index(out, "escenario: "+scenario)
			executed := strings.Index(out, "\n== Ejecución  guardado")
			if chosen < 0 || executed < chosen {
				t.Errorf("the scenario is not chosen before execution:\n%s", out)
			}
			for _, want := range wants {
				if at := strings.Index(out, want); at < executed {
					t.Errorf("%q stands at %d, execution begins at %d", want, at, executed)
				}
			}
		})
	}
}
