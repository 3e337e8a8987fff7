/** What the one who looked at a reported message made of it. */
export type Verdict = 'phishing' | 'junk' | 'harmless' | 'undecided';

/** The words of an answer in one language. `{name}` and `{subject}` are filled in. */
export interface ReplyTemplate {
	/** `Hello {name},`, and the same where no name is known. */
	greeting: string;
	anonymous: string;
	thanks: string;
	verdict: Readonly<Record<Verdict, string>>;
	/** Above what was found. */
	found: string;
	closing: string;
}

/** By ISO 639-1 code. */
export const REPLY_TEMPLATES: Readonly<Record<string, ReplyTemplate>> = {
	en: {
		greeting: 'Hello {name},',
		anonymous: 'Hello,',
		thanks: 'Thank you for reporting the message "{subject}".',
		verdict: {
			phishing:
				'It is phishing. Please delete it. If you opened a link or a file in it, or entered a password, tell us right away.',
			junk: 'It is unwanted advertising, but not dangerous. You can delete it.',
			harmless: 'We found nothing wrong with it. You can use it as usual.',
			undecided: 'We are still looking at it. Please do not open any link or file in it until you hear from us.',
		},
		found: 'What we found in it (changed so that it cannot be opened):',
		closing: 'Your security team',
	},
	de: {
		greeting: 'Guten Tag {name},',
		anonymous: 'Guten Tag,',
		thanks: 'vielen Dank, dass Sie die Nachricht „{subject}“ gemeldet haben.',
		verdict: {
			phishing:
				'Es handelt sich um Phishing. Bitte löschen Sie sie. Falls Sie einen Link oder eine Datei daraus geöffnet oder ein Passwort eingegeben haben, melden Sie sich bitte sofort bei uns.',
			junk: 'Es handelt sich um unerwünschte Werbung, sie ist aber nicht gefährlich. Sie können sie löschen.',
			harmless: 'Wir haben nichts Verdächtiges gefunden. Sie können sie wie gewohnt verwenden.',
			undecided: 'Wir prüfen sie noch. Bitte öffnen Sie keine Links und Dateien daraus, bis Sie von uns hören.',
		},
		found: 'Das haben wir darin gefunden (so verändert, dass es sich nicht öffnen lässt):',
		closing: 'Ihr Sicherheitsteam',
	},
	fr: {
		greeting: 'Bonjour {name},',
		anonymous: 'Bonjour,',
		thanks: 'Merci d’avoir signalé le message « {subject} ».',
		verdict: {
			phishing:
				'C’est un hameçonnage. Veuillez le supprimer. Si vous avez ouvert un lien ou un fichier, ou saisi un mot de passe, prévenez-nous tout de suite.',
			junk: 'C’est une publicité indésirable, mais sans danger. Vous pouvez la supprimer.',
			harmless: 'Nous n’y avons rien trouvé de suspect. Vous pouvez l’utiliser normalement.',
			undecided: 'Nous l’examinons encore. N’ouvrez aucun lien ni fichier avant notre réponse.',
		},
		found: 'Ce que nous y avons trouvé (modifié pour ne pas pouvoir être ouvert) :',
		closing: 'Votre équipe de sécurité',
	},
	es: {
		greeting: 'Hola, {name}:',
		anonymous: 'Hola:',
		thanks: 'Gracias por avisarnos del mensaje «{subject}».',
		verdict: {
			phishing:
				'Es phishing. Elimínelo, por favor. Si abrió un enlace o un archivo, o escribió una contraseña, avísenos de inmediato.',
			junk: 'Es publicidad no deseada, pero no es peligrosa. Puede eliminarla.',
			harmless: 'No encontramos nada sospechoso. Puede usarlo con normalidad.',
			undecided: 'Todavía lo estamos analizando. No abra ningún enlace ni archivo hasta que le respondamos.',
		},
		found: 'Lo que encontramos (modificado para que no se pueda abrir):',
		closing: 'Su equipo de seguridad',
	},
	it: {
		greeting: 'Buongiorno {name},',
		anonymous: 'Buongiorno,',
		thanks: 'grazie per averci segnalato il messaggio «{subject}».',
		verdict: {
			phishing:
				'È phishing. La preghiamo di eliminarlo. Se ha aperto un link o un file, o inserito una password, ci avvisi subito.',
			junk: 'È pubblicità indesiderata, ma non è pericolosa. Può eliminarla.',
			harmless: 'Non abbiamo trovato nulla di sospetto. Può usarlo normalmente.',
			undecided: 'Lo stiamo ancora esaminando. Non apra link o file finché non la contattiamo.',
		},
		found: 'Che cosa abbiamo trovato (modificato in modo da non potersi aprire):',
		closing: 'Il suo team di sicurezza',
	},
	nl: {
		greeting: 'Beste {name},',
		anonymous: 'Beste collega,',
		thanks: 'Bedankt voor het melden van het bericht "{subject}".',
		verdict: {
			phishing:
				'Het is phishing. Verwijder het alstublieft. Hebt u een link of bestand geopend of een wachtwoord ingevuld, laat het ons dan meteen weten.',
			junk: 'Het is ongewenste reclame, maar niet gevaarlijk. U kunt het verwijderen.',
			harmless: 'We hebben niets verdachts gevonden. U kunt het gewoon gebruiken.',
			undecided: 'We onderzoeken het nog. Open geen links of bestanden totdat u van ons hoort.',
		},
		found: 'Dit hebben we erin gevonden (zo aangepast dat het niet te openen is):',
		closing: 'Uw beveiligingsteam',
	},
	pt: {
		greeting: 'Olá, {name},',
		anonymous: 'Olá,',
		thanks: 'Obrigado por comunicar a mensagem "{subject}".',
		verdict: {
			phishing:
				'É phishing. Elimine-a, por favor. Se abriu uma ligação ou um ficheiro, ou escreveu uma senha, avise-nos imediatamente.',
			junk: 'É publicidade indesejada, mas não é perigosa. Pode eliminá-la.',
			harmless: 'Não encontrámos nada de suspeito. Pode usá-la normalmente.',
			undecided: 'Ainda a estamos a analisar. Não abra ligações nem ficheiros até receber a nossa resposta.',
		},
		found: 'O que encontrámos (alterado para não poder ser aberto):',
		closing: 'A sua equipa de segurança',
	},
	pl: {
		greeting: 'Dzień dobry, {name},',
		anonymous: 'Dzień dobry,',
		thanks: 'dziękujemy za zgłoszenie wiadomości „{subject}”.',
		verdict: {
			phishing:
				'To phishing. Prosimy ją usunąć. Jeśli otwarto link lub plik albo podano hasło, prosimy o natychmiastowy kontakt.',
			junk: 'To niechciana reklama, ale nie jest niebezpieczna. Można ją usunąć.',
			harmless: 'Nie znaleźliśmy niczego podejrzanego. Można z niej korzystać jak zwykle.',
			undecided: 'Nadal ją sprawdzamy. Prosimy nie otwierać żadnych linków ani plików do czasu naszej odpowiedzi.',
		},
		found: 'Co w niej znaleźliśmy (zmienione tak, aby nie dało się tego otworzyć):',
		closing: 'Zespół bezpieczeństwa',
	},
	sv: {
		greeting: 'Hej {name}!',
		anonymous: 'Hej!',
		thanks: 'Tack för att du anmälde meddelandet ”{subject}”.',
		verdict: {
			phishing:
				'Det är nätfiske. Ta bort det. Om du har öppnat en länk eller en fil, eller angett ett lösenord, hör av dig genast.',
			junk: 'Det är oönskad reklam, men inte farligt. Du kan ta bort det.',
			harmless: 'Vi hittade inget misstänkt. Du kan använda det som vanligt.',
			undecided: 'Vi undersöker det fortfarande. Öppna inga länkar eller filer förrän du hör från oss.',
		},
		found: 'Detta hittade vi (ändrat så att det inte går att öppna):',
		closing: 'Ditt säkerhetsteam',
	},
	da: {
		greeting: 'Hej {name}',
		anonymous: 'Hej',
		thanks: 'Tak, fordi du meldte beskeden "{subject}".',
		verdict: {
			phishing:
				'Det er phishing. Slet den venligst. Hvis du har åbnet et link eller en fil eller indtastet en adgangskode, så kontakt os straks.',
			junk: 'Det er uønsket reklame, men ikke farligt. Du kan slette den.',
			harmless: 'Vi fandt ikke noget mistænkeligt. Du kan bruge den som normalt.',
			undecided: 'Vi undersøger den stadig. Åbn ingen links eller filer, før du hører fra os.',
		},
		found: 'Det fandt vi (ændret, så det ikke kan åbnes):',
		closing: 'Dit sikkerhedsteam',
	},
	no: {
		greeting: 'Hei {name}',
		anonymous: 'Hei',
		thanks: 'Takk for at du meldte fra om meldingen «{subject}».',
		verdict: {
			phishing:
				'Det er phishing. Slett den. Hvis du har åpnet en lenke eller en fil, eller oppgitt et passord, ta kontakt med oss straks.',
			junk: 'Det er uønsket reklame, men ikke farlig. Du kan slette den.',
			harmless: 'Vi fant ikke noe mistenkelig. Du kan bruke den som vanlig.',
			undecided: 'Vi undersøker den fortsatt. Ikke åpne lenker eller filer før du hører fra oss.',
		},
		found: 'Dette fant vi (endret slik at det ikke kan åpnes):',
		closing: 'Sikkerhetsteamet',
	},
	fi: {
		greeting: 'Hei {name}',
		anonymous: 'Hei',
		thanks: 'Kiitos, että ilmoitit viestistä ”{subject}”.',
		verdict: {
			phishing:
				'Se on tietojenkalastelua. Poista se. Jos avasit linkin tai tiedoston tai annoit salasanan, ota heti yhteyttä.',
			junk: 'Se on roskapostia, mutta ei vaarallinen. Voit poistaa sen.',
			harmless: 'Emme löytäneet mitään epäilyttävää. Voit käyttää sitä normaalisti.',
			undecided: 'Tutkimme sitä vielä. Älä avaa linkkejä tai tiedostoja ennen kuin kuulet meistä.',
		},
		found: 'Tämän löysimme (muutettu niin, ettei sitä voi avata):',
		closing: 'Tietoturvatiimi',
	},
	cs: {
		greeting: 'Dobrý den, {name},',
		anonymous: 'Dobrý den,',
		thanks: 'děkujeme za nahlášení zprávy „{subject}“.',
		verdict: {
			phishing:
				'Jde o phishing. Smažte ji, prosím. Pokud jste otevřeli odkaz nebo soubor nebo zadali heslo, ihned nás kontaktujte.',
			junk: 'Jde o nevyžádanou reklamu, která ale není nebezpečná. Můžete ji smazat.',
			harmless: 'Nenašli jsme nic podezřelého. Můžete ji normálně používat.',
			undecided: 'Zprávu ještě zkoumáme. Neotvírejte žádné odkazy ani soubory, dokud se neozveme.',
		},
		found: 'Co jsme v ní našli (upraveno tak, aby to nešlo otevřít):',
		closing: 'Váš bezpečnostní tým',
	},
};
