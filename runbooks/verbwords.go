package runbooks

// The verbs that decide a heading's or a step's phase when they are its first
// word, and the words that tell what a section is for.

var communicationVerbs = newLexicon([]row{
	{"notify, notifying", "notificar, notifica, notifique", "notificar, notifique", "notifier, notifiez"},
	{"announce, announcing, publish a notice", "anunciar, anuncie", "anunciar", "annoncer"},
	{"communicate, communicating", "comunicar, comunique", "comunicar", "communiquer"},
	{"inform, informing, tell", "informar, informe, avisar, avise", "informar, avisar", "informer, prevenir le, prevenir les, prevenir l, avertir"},
	{"escalate, escalating", "escalar a, escalar al, escalar la", "escalar", "escalader"},
})

var followUpVerbs = newLexicon([]row{
	{"document the", "documentar", "documentar", "documenter"},
	{"update plan, update the plan, update doc*, update the doc*, update the playbook, update the runbook, update playbook, update runbook", "actualizar el plan, actualizar la doc*, actualizar doc*", "atualizar o plano, atualizar a doc*", "mettre a jour le plan, mettre a jour la doc*"},
})

var decisionVerbs = newLexicon([]row{
	{"decide, deciding", "decidir, decida", "decidir", "decider"},
	{"choose, choosing", "elegir, elija", "escolher", "choisir"},
	{"assess, assessing, evaluate, evaluating", "evaluar, evalue", "avaliar", "evaluer"},
})

var identificationVerbs = newLexicon([]row{
	{"check, checking, inspect, inspecting", "revisar, comprobar, revise, compruebe", "verificar se, checar, revisar", "controler, inspecter"},
	{"identify, identifying", "identificar, identifique", "identificar", "identifier"},
	{"investigate, investigating", "investigar, investigue", "investigar", "enqueter, rechercher"},
	{"look, find, finding, list, listing, view, viewing, tail", "listar, ver, buscar", "listar, ver, buscar", "lister, voir, chercher"},
	{"query, querying, review, reviewing", "consultar, consulte", "consultar", "consulter"},
	{"determine, determining, confirm, confirming", "determinar, determine", "determinar", "determiner"},
	{"debug, debugging, diagnose, diagnosing", "diagnosticar, depurar", "diagnosticar, depurar", "diagnostiquer"},
	{"analyse, analysing, analyze, analyzing, examine, examining", "analizar, analice", "analisar", "analyser, examiner"},
	{"gather, gathering, collect, collecting", "recopilar, reunir", "coletar, reunir", "collecter, rassembler"},
	{"monitor", "monitorear, monitorizar", "monitorar", "surveiller"},
})

// investigationVerbs open the follow-up of an alternative that has been announced.
var investigationVerbs = newLexicon([]row{
	{"investigate, investigating, analyse, analyze, diagnose", "investigar, investigue, analizar, diagnosticar", "investigar, analisar, diagnosticar", "enqueter, rechercher, analyser, diagnostiquer"},
	{"find the root cause, find the cause, determine the cause, determine the root cause, identify the root cause, identify the cause", "buscar la causa, determinar la causa, identificar la causa", "buscar a causa, determinar a causa, identificar a causa", "trouver la cause, determiner la cause, identifier la cause"},
})

var executionVerbs = newLexicon([]row{
	{"verify, verifying, validate, validating, test, testing", "verificar, validar, probar", "verificar, validar, testar", "verifier, valider, tester"},
	{"configure, configuring, set, create, creating", "configurar, crear", "configurar, criar", "configurer, creer"},
	{"delete, deleting, remove, removing, purge, clear, drain, draining", "borrar, eliminar", "remover, excluir", "supprimer"},
	{"restart, restarting, reset, start, stop", "reiniciar, iniciar, detener", "reiniciar, iniciar, parar", "redemarrer, demarrer, arreter"},
	{"install, installing, update, updating, upgrade, upgrading", "instalar, actualizar", "instalar, atualizar", "installer, mettre a jour"},
	{"send, resend, run, running, apply, applying", "enviar, ejecutar, aplicar", "enviar, executar, aplicar", "envoyer, executer, appliquer"},
	{"enable, enabling, disable, disabling, add, adding", "activar, desactivar", "ativar, desativar", "activer, desactiver"},
	{"deploy, deploying, rotate, rotating, migrate, migrating", "desplegar, rotar, migrar", "implantar, migrar", "deployer, migrer"},
	{"restore, restoring, renew, renewing, fix, revert, rebuild, recreate", "restaurar, renovar, corregir, revertir", "restaurar, renovar, corrigir, reverter", "restaurer, renouveler, corriger"},
	{"resize, increase, scale, scaling, revoke, revoking, move, merge, export, import", "exportar, importar", "exportar, importar", "exporter, importer"},
})

// descriptive headings are matched whole: they explain, they do not instruct.
var descriptive = newLexicon([]row{
	{"meaning, goal, goals", "significado, objetivo", "significado, objetivo", "signification, objectif"},
	{"impact, impacts", "impacto, impactos", "impacto, impactos", "impact"},
	{"symptom, symptoms, signal, signals, sign, signs", "sintoma, sintomas, senales", "sintoma, sintomas, sinais", "symptome, symptomes"},
	{"background, context, overview, summary", "contexto, resumen", "contexto, resumo", "contexte, resume"},
	{"description, alert description, default definition, architecture", "descripcion", "descricao", "description"},
	{"cause, causes, possible cause, possible causes, reason, reasons", "causas, posibles causas", "causas, possiveis causas", "causes"},
	{"note, notes, introduction, purpose, scope", "nota, notas, introduccion, proposito, alcance", "nota, notas, introducao, escopo", "note, notes, introduction"},
})

// descriptiveStart are descriptive whatever follows.
var descriptiveStart = newLexicon([]row{
	{"impact of, severit*, classif*", "impacto, severid*, gravedad*, clasific*, resumen", "impacto, sinais, severid*, classific*", "gravite, classif*"},
})

// preparation headings list what must be there before the first step.
var preparation = newLexicon([]row{
	{"prerequisit*, pre requisit*, requirement*", "prerrequisit*, prerequisit*, requisito*", "pre requisit*, prerequisit*, requisito*", "prerequis*, pre requis*"},
	{"before you start, before you begin, assumption*, precondition*", "antes de empezar", "antes de comecar", "avant de commencer"},
	{"preparation*, prepare, first and foremost, initial setup, getting started", "preparac*", "preparac*", "preparation*"},
})

// reference headings are matched whole; referenceStart whatever follows.
var reference = newLexicon([]row{
	{"reference, references, resources, link, links, see also", "referencia, referencias, recursos, enlaces", "referencia, referencias, recursos, links relacionados", "references, ressources, liens, voir aussi"},
	{"further reading, further information, more information, additional information, additional resources, additional notes", "", "", ""},
	{"table of contents, contents, index, toc", "tabla de contenido, tabla de contenidos, indice", "indice, sumario", "table des matieres, sommaire"},
	{"contributing, glossary, license, licence, changelog, history, revision history, about, faq, mitre", "glosario, licencia, historial", "glossario, licenca, historico", "glossaire, licence, historique"},
	{"role, roles, responsibility, responsibilities, owner, owners, training, guides, documentation", "roles, documentacion", "papeis, documentacao", "roles, documentation"},
	{"example, examples", "ejemplo, ejemplos", "exemplo, exemplos", "exemple, exemples"},
})

var referenceStart = newLexicon([]row{
	{"contact, contacts, related, appendix*, raci, links, roles and, roles responsib*", "contacto, contactos, anexo, anexos, responsab*, roles y", "contato, contatos, anexo, anexos, responsav*, responsab*", "contact, contacts, annexe, annexes, responsab*"},
})

// roleSections list who does what.
var roleSections = newLexicon([]row{
	{"role, roles, responsib*, responsable*, raci, contact, contacts, owner, owners", "rol, roles, responsab*, contacto, contactos", "papeis, responsav*, responsab*, contato, contatos", "role, roles, responsab*, contact, contacts"},
})

// preventionNouns at the start of a heading announce measures for the future;
// upkeepNouns together with an upkeepObject the care of the document itself.
var preventionNouns = newLexicon([]row{
	{"prevention, preventive measures, preventative measures", "prevencion, medidas preventivas, medidas de prevencion", "prevencao, medidas preventivas, medidas de prevencao", "prevention, mesures preventives, mesures de prevention"},
})

var measuresAlone = newLexicon([]row{{"measures", "medidas", "medidas", "mesures"}})

var upkeepNouns = newLexicon([]row{
	{"maintenance, upkeep, updates, update of, revision, review of", "actualizacion, mantenimiento, revision", "atualizacao, manutencao, revisao", "mise a jour, maintenance, revision"},
})

var upkeepObjects = newLexicon([]row{
	{"plan, document, runbook, playbook, page", "plan, documento, runbook, guia", "plano, documento, runbook, guia", "plan, document, runbook, guide"},
})

// alternativeNouns, followed by a number or a letter, name one of several
// alternatives; stepNouns number a heading.
var alternativeNouns = newLexicon([]row{
	{"scenario, option, alternative, case", "escenario, opcion, alternativa, caso", "cenario, opcao, alternativa, caso", "scenario, option, alternative, cas"},
})

var stepNouns = newLexicon([]row{
	{"step, phase, stage, part", "paso, fase, etapa, parte", "passo, fase, etapa, parte", "etape, phase, partie"},
})

// scenarioMentions tell that a step speaks of choosing an alternative.
var scenarioMentions = newLexicon([]row{
	{"scenario*, type, types, alternative*", "escenario*, tipo, tipos, alternativa*", "cenario*, tipo, tipos, alternativa*", "scenario*, type, types, alternative*"},
})

// scriptNouns head sections that hold scripts; runVerbs say to run them.
var scriptNouns = newLexicon([]row{{"script, scripts", "script, scripts, guion", "script, scripts, roteiro", "script, scripts"}})

var runVerbs = newLexicon([]row{
	{"run*, execut*, launch*, start*, call*", "ejecut*, lanzar, correr", "execut*, rodar", "execut*, lancer"},
})

// outputCues announce what a command prints; exampleCues a list of examples.
var outputCues = newLexicon([]row{
	{"output*, looks like, look like, should see, will see, returns, return, prints, response, result, results", "salida*, resultado*, deberia ver, devuelve, respuesta", "saida*, resultado*, deve ver, retorna, resposta", "sortie*, resultat*, retourne, reponse"},
})

var exampleCues = newLexicon([]row{
	{"example*, such as, e g, includ*", "por ejemplo, ejemplo*, incluy*", "por exemplo, exemplo*, inclu*", "par exemple, exemple*, inclu*"},
})

// usageCues open a usage line of a script.
var usageCues = newLexicon([]row{{"usage, syntax", "uso, sintaxis", "uso, utilizacao", "usage, utilisation"}})
