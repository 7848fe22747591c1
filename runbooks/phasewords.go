package runbooks

// The words that name phases in headings. They were found in real operational
// documents; a phrase in a cell counts as a whole. The order in which the tables
// are asked is phaseOf's.

var communicationWords = newLexicon([]row{
	{"communicat*", "comunica*", "comunica*", "communiqu*"},
	{"notif*", "notific*, avis*", "notific*", "notifi*"},
	{"escalat*", "escala a, escala al, escalar, escalad*, escalacion*, escalon*, escalami*", "escalar, escalacao", "escalade*"},
	{"announce*", "anunci*", "anunci*", "annonc*"},
	{"inform users, inform stakeholders, inform customers", "informar", "informar", "informer, prevenir les, prevenir l"},
	{"stakeholder*, hand over, handover", "difusion", "difusao", "diffusion"},
	{"status page", "pagina de estado", "pagina de status", "page d etat"},
	{"getting help, help from, who to call, slack", "soporte", "suporte", ""},
	{"support, support ticket*, raise a ticket, open a ticket, raise a support, open a support, open a case, raise a case", "", "", ""},
})

var followUpWords = newLexicon([]row{
	{"follow up, followup", "seguimiento", "acompanhamento", "suivi"},
	{"post mortem*, postmortem*, post incident, postincident", "posterior*, post incidente", "pos incidente, posterior*", "apres rollback, apres resol*"},
	{"after resol*, after the incident, after action*, after deploy*", "tras el incidente, despues del incidente", "apos o incidente", "apres l incident"},
	{"lesson* learn*", "lecciones", "licoes", "retour d exp*, retex"},
	{"retrospect*", "retrospect*", "retrospect*", "retrospect*"},
	{"root cause*", "causa raiz", "causa raiz", "cause racine, causes racines"},
	{"prevent*", "prevenc*, prevenir", "prevenc*", "prevent*"},
	{"review, reviews", "revision", "revisao", "revue"},
	{"action items, improv*", "mejora*", "melhoria*", "amelior*"},
	{"next steps", "proximos pasos, proxima* accion*", "proximos passos, proxima* etapa*", "prochaines etapes"},
	{"long term, permanent*", "largo plazo, permanent*", "longo prazo, permanent*", "long terme"},
	{"playbook update, update plan, update the plan, update doc*, update the doc*", "actualizacion del plan", "atualizacao do plano", "mise a jour du plan"},
	{"recommendation*, gap analysis", "recomendac*, cierre", "recomendac*", "recommandation*"},
})

var decisionWords = newLexicon([]row{
	{"decision*, decid*", "decision*, decid*", "decisao, decid*", "decision*, decid*"},
	{"go no go, go nogo", "", "", ""},
	{"criteri*", "criteri*", "criteri*", "criter*"},
	{"when to, should we, should i", "cuando", "quando", "quand"},
	{"approv*, authoriz*, authoris*", "aprobac*, autoriz*", "aprovac*, autoriz*", "autoris*, approb*"},
	{"choos*, option, options", "elegir, opcion*", "escolh*, opca*, opco*", "choisir, choix"},
	{"strateg*", "estrategia*", "estrategia*", "strateg*"},
	{"scenario*", "escenario*", "cenario*", "scenario*"},
	{"trade off*, risk*", "riesgo*", "risco*", "risque*"},
	{"assess*, evaluat*", "evaluat*, evaluac*", "avaliac*", "evaluat*"},
	{"priorit*, acknowledg*", "priorid*, prioriz*", "priorid*", "priorit*"},
})

var identificationWords = newLexicon([]row{
	{"identif*", "identific*", "identific*", "identifi*"},
	{"signal, signals, sign, signs", "senal*", "sinal, sinais", "signe, signes"},
	{"diagnos*", "diagnos*", "diagnos*", "diagnos*"},
	{"symptom*", "sintom*", "sintom*", "symptom*"},
	{"meaning*", "signific*", "signific*", "signific*"},
	{"impact*", "impacto*", "impacto*", "impact*"},
	{"detect*", "detecc*, detect*", "detecc*, detect*", "detect*"},
	{"investig*, triage*", "investig*, triaje", "investig*, triagem", "investig*"},
	{"analys*, analyz*", "analis*, analiz*", "analis*", "analys*"},
	{"check*, pre flight, preflight, health*", "cheque*, comprob*, salud", "checa*, saude", "controle*"},
	{"troubleshoot*, debug*", "depur*", "depur*", "depann*"},
	{"cause*, possible cause*", "causa*, posible* causa*", "causa*", "cause*"},
	{"problem, problems", "problema*", "problema*", "probleme*"},
	{"classif*, sever*", "clasific*, sever*, gravedad*", "classific*, sever*, gravidade", "classif*, gravite"},
	{"alert*, alarm*", "alert*, alarm*", "alert*, alarm*", "alert*, alarm*"},
	{"monitor*, observ*, dashboard*", "monitor*, observ*", "monitor*, observ*", "surveill*, observ*"},
	{"log, logs, logging, metric*", "registros, metrica*", "registros, metrica*", "journaux, metrique*"},
	{"scope*", "alcance*", "alcance*, escopo", "portee"},
	{"inspect*, find*, locat*, look*, view*", "inspecc*, localiz*, ver", "inspec*, localiz*, ver", "inspect*, localis*, voir"},
	{"determin*, confirm*, understand*", "determin*, confirm*", "determin*, confirm*", "determin*, confirm*"},
	{"gather*, data gathering, evidence", "evidencia*", "evidencia*", "preuve*"},
	{"query, queries, question*, list, reason*", "consult*", "consult*", "requete*"},
	{"reproduc*, error*", "reproduc*, error*", "reproduz*, erro, erros", "reproduir*, erreur*"},
})

var executionWords = newLexicon([]row{
	{"execute, execution, executing", "ejecuc*, ejecut*", "execuc*, executar", "execution, executer"},
	{"mitigat*", "mitigac*, mitigar", "mitigac*, mitigar", "mitig*, attenu*"},
	{"resol*, solution*, solv*", "resol*, soluc*", "resol*, soluc*", "resol*, resoudre, solution*"},
	{"remed*, fix, fixes, fixing", "remed*, correg*, correcc*", "remed*, corrig*, correc*", "remed*, corrig*, correct*"},
	{"rollback*, roll back, rolling back, revert*", "rollback*, revert*, reversa*", "rollback*, revert*", "rollback*, retour arriere"},
	{"restor*, recover*", "restaur*, recuper*", "restaur*, recuper*", "restaur*, recuper*"},
	{"contain*, eradic*", "contenc*, conten*, erradic*", "contenc*, erradic*", "confin*, eradi*"},
	{"deploy*", "despleg*, desplieg*", "implant*", "deploi*"},
	{"verif*, valid*, test*, smoke*", "verif*, valid*, prueba*, probar", "verif*, valid*, teste*", "verif*, valid*, test*"},
	{"workaround*, replac*, failover*, fail over, switch*", "reemplaz*", "substitu*", "contourn*, remplac*, bascul*"},
	{"upgrad*, updat*, install*", "actualiz*, instal*", "atualiz*, instal*", "installer, mise a jour, mettre a jour"},
	{"restart*, reset*, stop*, start, starting, reboot*", "reinici*, deten*, arranc*", "reinici*, parar", "redemarr*, arret*, demarr*"},
	{"scal*, resiz*, increas*, decreas*", "escalado, aument*", "aument*", "augment*"},
	{"delet*, remov*, drop, dropping, purg*, kill*, drain*", "elimin*, borrar, vaciar", "remov*, exclu*", "supprim*"},
	{"clean*, clear*", "limpi*", "limp*", "nettoy*"},
	{"add, adding, creat*, recreat*, generat*, build*, rebuild*, mak*", "crear, creac*, generar, generac*", "criar, criac*, gerar, gerac*", "creer, creation, generer, generation"},
	{"configur*, setup, set up, setting up, chang*, modif*, patch*", "configur*, modif*, cambi*", "configur*, modif*", "configur*, modif*"},
	{"enabl*, disabl*, activ*, deactiv*, pause, resum*, block*, unblock*", "activ*, desactiv*, habilit*, deshabilit*", "ativ*, desativ*, habilit*", "activ*, desactiv*"},
	{"rotat*, renew*, revok*, grant*", "rotac*, rotar, renov*, revoc*", "rotac*, renov*, revog*", "renouvel*, revoq*"},
	{"migrat*, mov*, merg*, promot*, sync*, resync*, reindex*", "migrac*, migrar", "migrac*, migrar", "migr*"},
	{"run, running, apply*, manual*, automat*", "aplicar, manual*, automat*", "aplicar, manual*, automat*", "appliqu*, manuel*, automat*"},
	{"backup*, back up, copy*, import*, export*", "respald*, copia*, import*, export*", "import*, export*", "sauvegard*, import*, export*"},
	{"connect*, access*, login, log in", "acceso, acceder, conectar", "acesso, acessar, conectar", "acces, connexion"},
})

// weakWords name that something is done, not what: the phase comes from above.
var weakWords = newLexicon([]row{
	{"step, steps", "paso, pasos", "passo, passos", "etape, etapes"},
	{"action, actions", "accion, acciones", "acao, acoes", "action, actions"},
	{"procedure*, process, processes", "procedimiento*, proceso*", "procedimento*, processo*", "procedure*, processus"},
	{"how to, howto, what to do, quick start", "como, que hacer", "como, o que fazer", "comment, que faire"},
	{"playbook, runbook, guide, script, scripts", "guia, script, scripts", "guia, roteiro", "guide"},
	{"command, commands, instruction*, operation*", "comando, comandos, instruc*, operac*", "comando, comandos, instruc*, operac*", "commande, commandes, instruction*"},
})
