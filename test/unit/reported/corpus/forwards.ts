import { html, plain, wrapper } from './mail';

/** A forward within a text, and what is to be read of it. */
export interface InlineForward {
	name: string;
	raw: string;
	language: string;
	subject: string;
	from: string;
	/** ISO; absent where the date cannot be told. */
	date?: string;
	comment: string;
}

const FROM = 'rechnung@evil.example';
const LINK = 'http://login.evil.example/x';

interface Written {
	language: string;
	/** Subject of the forward. */
	subject: string;
	/** Of the message that is forwarded. */
	inner: string;
	comment: string;
	/** What the program writes above the text of the message. */
	head: string;
	/** Every line is quoted, as Apple Mail does it. */
	quoted?: boolean;
	date?: string;
	/** The body in HTML, where the program writes no text. */
	html?: string;
}

/** By program and language. */
const WRITTEN: Readonly<Record<string, Written>> = {
	'Gmail, English': {
		language: 'en',
		subject: 'Fwd: Your parcel is waiting',
		inner: 'Your parcel is waiting',
		comment: 'Is this one real?',
		head: `---------- Forwarded message ---------
From: Parcel Service <${FROM}>
Date: Fri, Nov 20, 2026 at 8:15 AM
Subject: Your parcel is waiting
To: <erika@corp.example>


`,
		date: '2026-11-20T07:15:00.000Z',
	},
	'Gmail, German': {
		language: 'de',
		subject: 'Fwd: Ihr Paket wartet',
		inner: 'Ihr Paket wartet',
		comment: 'Kommt mir komisch vor.',
		head: `---------- Forwarded message ---------
Von: Paketdienst <${FROM}>
Date: Fr., 20. Nov. 2026 um 08:15 Uhr
Subject: Ihr Paket wartet
To: <erika@corp.example>


`,
		date: '2026-11-20T07:15:00.000Z',
	},
	'Outlook, German': {
		language: 'de',
		subject: 'WG: Mahnung Nr. 4711',
		inner: 'Mahnung Nr. 4711',
		comment: 'Bitte prüfen, danke!',
		head: `Von: Inkasso <${FROM}>
Gesendet: Freitag, 20. November 2026 08:15
An: Erika Example <erika@corp.example>
Cc: Buchhaltung <bh@corp.example>
Betreff: Mahnung Nr. 4711

`,
		date: '2026-11-20T07:15:00.000Z',
	},
	'Outlook in plain text, German': {
		language: 'de',
		subject: 'WG: Mahnung Nr. 4712',
		inner: 'Mahnung Nr. 4712',
		comment: 'Zur Prüfung',
		head: `-----Ursprüngliche Nachricht-----
Von: Inkasso [mailto:${FROM}]
Gesendet: Freitag, 20. November 2026 08:15
An: Erika Example
Betreff: Mahnung Nr. 4712

`,
		date: '2026-11-20T07:15:00.000Z',
	},
	'Outlook on the web, English': {
		language: 'en',
		subject: 'Fw: Mailbox quota exceeded',
		inner: 'Mailbox quota exceeded',
		comment: 'FYI phishing?',
		head: `________________________________
From: IT Support <${FROM}>
Sent: Friday, November 20, 2026 8:15 AM
To: Erika Example <erika@corp.example>
Subject: Mailbox quota exceeded

`,
		date: '2026-11-20T07:15:00.000Z',
	},
	'Apple Mail, English': {
		language: 'en',
		subject: 'Fwd: Apple ID locked',
		inner: 'Apple ID locked',
		comment: 'Got this today.',
		head: `Begin forwarded message:

From: Support <${FROM}>
Subject: Apple ID locked
Date: 20 November 2026 at 08:15:00 CET
To: erika@corp.example
Reply-To: reply@evil.example

`,
		quoted: true,
		date: '2026-11-20T07:15:00.000Z',
	},
	'Apple Mail, German': {
		language: 'de',
		subject: 'Fwd: Konto gesperrt',
		inner: 'Konto gesperrt',
		comment: 'Verdächtig',
		head: `Anfang der weitergeleiteten Nachricht:

Von: Support <${FROM}>
Betreff: Konto gesperrt
Datum: 20. November 2026 um 08:15:00 MEZ
An: erika@corp.example

`,
		quoted: true,
		date: '2026-11-20T07:15:00.000Z',
	},
	'Thunderbird, English': {
		language: 'en',
		subject: 'Fwd: Invoice overdue',
		inner: 'Invoice overdue',
		comment: 'please check',
		head: `-------- Forwarded Message --------
Subject: 	Invoice overdue
Date: 	Fri, 20 Nov 2026 08:15:00 +0100
From: 	Accounts <${FROM}>
To: 	erika@corp.example



`,
		date: '2026-11-20T07:15:00.000Z',
	},
	'Thunderbird, German': {
		language: 'de',
		subject: 'Fwd: Rechnung überfällig',
		inner: 'Rechnung überfällig',
		comment: 'bitte ansehen',
		head: `-------- Weitergeleitete Nachricht --------
Betreff: 	Rechnung überfällig
Datum: 	Fri, 20 Nov 2026 08:15:00 +0100
Von: 	Buchhaltung <${FROM}>
An: 	erika@corp.example



`,
		date: '2026-11-20T07:15:00.000Z',
	},
	'Outlook, French': {
		language: 'fr',
		subject: 'TR: Votre colis',
		inner: 'Votre colis',
		comment: 'Est-ce un vrai message ?',
		head: `De : Livraison <${FROM}>
Envoyé : vendredi 20 novembre 2026 08:15
À : Erika Example <erika@corp.example>
Objet : Votre colis

`,
		date: '2026-11-20T07:15:00.000Z',
	},
	'Apple Mail, French': {
		language: 'fr',
		subject: 'Fwd: Facture impayée',
		inner: 'Facture impayée',
		comment: 'À vérifier',
		head: `Début du message réexpédié :

De: Facturation <${FROM}>
Objet: Facture impayée
Date: 20 novembre 2026 à 08:15:00 UTC+1
À: erika@corp.example

`,
		quoted: true,
		date: '2026-11-20T07:15:00.000Z',
	},
	'Thunderbird, French': {
		language: 'fr',
		subject: 'Fwd: Compte suspendu',
		inner: 'Compte suspendu',
		comment: 'bonjour, est-ce normal',
		head: `-------- Message transféré --------
Sujet : 	Compte suspendu
Date : 	Fri, 20 Nov 2026 08:15:00 +0100
De : 	Service <${FROM}>
Pour : 	erika@corp.example



`,
		date: '2026-11-20T07:15:00.000Z',
	},
	'Outlook, Spanish': {
		language: 'es',
		subject: 'RV: Factura pendiente',
		inner: 'Factura pendiente',
		comment: '¿Es verdadero?',
		head: `De: Facturas <${FROM}>
Enviado el: viernes, 20 de noviembre de 2026 8:15
Para: Erika Example <erika@corp.example>
Asunto: Factura pendiente

`,
		date: '2026-11-20T07:15:00.000Z',
	},
	'Thunderbird, Spanish': {
		language: 'es',
		subject: 'Fwd: Su paquete',
		inner: 'Su paquete',
		comment: 'sospechoso',
		head: `-------- Mensaje reenviado --------
Asunto: 	Su paquete
Fecha: 	Fri, 20 Nov 2026 08:15:00 +0100
De: 	Correo <${FROM}>
Para: 	erika@corp.example



`,
		date: '2026-11-20T07:15:00.000Z',
	},
	'Outlook, Italian': {
		language: 'it',
		subject: 'I: Pagamento rifiutato',
		inner: 'Pagamento rifiutato',
		comment: 'Mi sembra strano',
		head: `Da: Banca <${FROM}>
Inviato: venerdì 20 novembre 2026 08:15
A: Erika Example <erika@corp.example>
Oggetto: Pagamento rifiutato

`,
		date: '2026-11-20T07:15:00.000Z',
	},
	'Apple Mail, Italian': {
		language: 'it',
		subject: 'Fwd: Pacco in giacenza',
		inner: 'Pacco in giacenza',
		comment: 'da controllare',
		head: `Inizio messaggio inoltrato:

Da: Corriere <${FROM}>
Oggetto: Pacco in giacenza
Data: 20 novembre 2026 alle ore 08:15:00 CET
A: erika@corp.example

`,
		quoted: true,
		date: '2026-11-20T07:15:00.000Z',
	},
	'Outlook, Dutch': {
		language: 'nl',
		subject: 'FW: Uw pakket',
		inner: 'Uw pakket',
		comment: 'Klopt dit?',
		head: `Van: Bezorging <${FROM}>
Verzonden: vrijdag 20 november 2026 08:15
Aan: Erika Example <erika@corp.example>
Onderwerp: Uw pakket

`,
		date: '2026-11-20T07:15:00.000Z',
	},
	'Thunderbird, Dutch': {
		language: 'nl',
		subject: 'Fwd: Factuur',
		inner: 'Factuur',
		comment: 'graag controleren',
		head: `-------- Doorgestuurd bericht --------
Onderwerp: 	Factuur
Datum: 	Fri, 20 Nov 2026 08:15:00 +0100
Van: 	Administratie <${FROM}>
Aan: 	erika@corp.example



`,
		date: '2026-11-20T07:15:00.000Z',
	},
	'Outlook, Portuguese': {
		language: 'pt',
		subject: 'ENC: Boleto vencido',
		inner: 'Boleto vencido',
		comment: 'Isso é golpe?',
		head: `De: Cobrança <${FROM}>
Enviada em: sexta-feira, 20 de novembro de 2026 08:15
Para: Erika Example <erika@corp.example>
Assunto: Boleto vencido

`,
		date: '2026-11-20T07:15:00.000Z',
	},
	'Thunderbird, Portuguese': {
		language: 'pt',
		subject: 'Fwd: Encomenda retida',
		inner: 'Encomenda retida',
		comment: 'verifiquem, por favor',
		head: `-------- Mensagem reencaminhada --------
Assunto: 	Encomenda retida
Data: 	Fri, 20 Nov 2026 08:15:00 +0100
De: 	Correios <${FROM}>
Para: 	erika@corp.example



`,
		date: '2026-11-20T07:15:00.000Z',
	},
	'Outlook, Polish': {
		language: 'pl',
		subject: 'PD: Faktura',
		inner: 'Faktura',
		comment: 'Proszę sprawdzić',
		head: `Od: Faktury <${FROM}>
Wysłano: piątek, 20 listopada 2026 08:15
Do: Erika Example <erika@corp.example>
Temat: Faktura

`,
		date: '2026-11-20T07:15:00.000Z',
	},
	'Thunderbird, Polish': {
		language: 'pl',
		subject: 'Fwd: Paczka',
		inner: 'Paczka',
		comment: 'podejrzane',
		head: `--- Treść przekazanej wiadomości ---
Temat: 	Paczka
Data: 	Fri, 20 Nov 2026 08:15:00 +0100
Nadawca: 	Kurier <${FROM}>
Adresat: 	erika@corp.example



`,
		date: '2026-11-20T07:15:00.000Z',
	},
	'Outlook, Swedish': {
		language: 'sv',
		subject: 'VB: Ditt paket',
		inner: 'Ditt paket',
		comment: 'Är detta äkta?',
		head: `Från: Paket <${FROM}>
Skickat: den 20 november 2026 08:15
Till: Erika Example <erika@corp.example>
Ämne: Ditt paket

`,
		date: '2026-11-20T07:15:00.000Z',
	},
	'Outlook, Danish': {
		language: 'da',
		subject: 'VS: Din pakke',
		inner: 'Din pakke',
		comment: 'Er den ægte?',
		head: `Fra: Pakke <${FROM}>
Sendt: 20. november 2026 08:15
Til: Erika Example <erika@corp.example>
Cc: Kontor <kontor@corp.example>
Emne: Din pakke

`,
		date: '2026-11-20T07:15:00.000Z',
	},
	'Thunderbird, Danish': {
		language: 'da',
		subject: 'Fwd: Regning',
		inner: 'Regning',
		comment: 'se venligst',
		head: `-------- Videresendt meddelelse --------
Emne: 	Regning
Dato: 	Fri, 20 Nov 2026 08:15:00 +0100
Fra: 	Regnskab <${FROM}>
Til: 	erika@corp.example



`,
		date: '2026-11-20T07:15:00.000Z',
	},
	'Apple Mail, Norwegian': {
		language: 'no',
		subject: 'Fwd: Pakken din',
		inner: 'Pakken din',
		comment: 'Mistenkelig',
		head: `Videresendt melding:

Fra: Pakke <${FROM}>
Emne: Pakken din
Dato: 20. november 2026 kl. 08:15:00 CET
Til: erika@corp.example
Kopi: kontor@corp.example

`,
		quoted: true,
		date: '2026-11-20T07:15:00.000Z',
	},
	'Outlook, Finnish': {
		language: 'fi',
		subject: 'VL: Pakettisi',
		inner: 'Pakettisi',
		comment: 'Onko tämä aito?',
		head: `Lähettäjä: Posti <${FROM}>
Lähetetty: perjantai 20. marraskuuta 2026 8.15
Vastaanottaja: Erika Example <erika@corp.example>
Aihe: Pakettisi

`,
		date: '2026-11-20T07:15:00.000Z',
	},
	'Apple Mail, Czech': {
		language: 'cs',
		subject: 'Fwd: Vaše zásilka',
		inner: 'Vaše zásilka',
		comment: 'Je to pravé?',
		head: `Začátek přeposílané zprávy:

Od: Doručení <${FROM}>
Předmět: Vaše zásilka
Datum: 20. listopadu 2026 8:15:00 GMT+1
Komu: erika@corp.example

`,
		quoted: true,
		date: '2026-11-20T07:15:00.000Z',
	},
	'Outlook, Russian': {
		language: 'ru',
		subject: 'FW: Ваша посылка',
		inner: 'Ваша посылка',
		comment: 'Это настоящее письмо?',
		head: `От: Доставка <${FROM}>
Отправлено: 20 ноября 2026 г. 8:15
Кому: Erika Example <erika@corp.example>
Тема: Ваша посылка

`,
		date: '2026-11-20T07:15:00.000Z',
	},
	'Thunderbird, Russian': {
		language: 'ru',
		subject: 'Fwd: Счёт',
		inner: 'Счёт',
		comment: 'подозрительно',
		head: `-------- Перенаправленное сообщение --------
Тема: 	Счёт
Дата: 	Fri, 20 Nov 2026 08:15:00 +0100
От: 	Бухгалтерия <${FROM}>
Кому: 	erika@corp.example



`,
		date: '2026-11-20T07:15:00.000Z',
	},
	'Thunderbird, Ukrainian': {
		language: 'uk',
		subject: 'Fwd: Рахунок',
		inner: 'Рахунок',
		comment: 'перевірте',
		head: `-------- Переслане повідомлення --------
Тема: 	Рахунок
Дата: 	Fri, 20 Nov 2026 08:15:00 +0100
Від: 	Бухгалтерія <${FROM}>
Кому: 	erika@corp.example



`,
		date: '2026-11-20T07:15:00.000Z',
	},
	'Outlook, Turkish': {
		language: 'tr',
		subject: 'İLT: Kargonuz',
		inner: 'Kargonuz',
		comment: 'Gerçek mi?',
		head: `Kimden: Kargo <${FROM}>
Gönderilen: 20 Kasım 2026 Cuma 08:15
Kime: Erika Example <erika@corp.example>
Konu: Kargonuz

`,
		date: '2026-11-20T07:15:00.000Z',
	},
	'Apple Mail, Hungarian': {
		language: 'hu',
		subject: 'Fwd: Csomagja érkezett',
		inner: 'Csomagja érkezett',
		comment: 'gyanús',
		head: `Továbbított levél kezdete:

Feladó: Futár <${FROM}>
Tárgy: Csomagja érkezett
Dátum: 2026. november 20. 8:15:00 GMT+1
Címzett: erika@corp.example

`,
		quoted: true,
		date: '2026-11-20T07:15:00.000Z',
	},
	'Gmail in HTML, English': {
		language: 'en',
		subject: 'Fwd: Security alert',
		inner: 'Security alert',
		comment: 'Weird one',
		head: '',
		html: `<div dir="ltr">Weird one<br><br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">---------- Forwarded message ---------<br>From: <strong class="gmail_sendername" dir="auto">Security</strong> <span dir="auto">&lt;<a href="mailto:${FROM}">${FROM}</a>&gt;</span><br>Date: Fri, Nov 20, 2026 at 8:15 AM<br>Subject: Security alert<br>To:  &lt;<a href="mailto:erika@corp.example">erika@corp.example</a>&gt;<br></div><br><br><a href="${LINK}">Sign in</a></div></div>`,
		date: '2026-11-20T07:15:00.000Z',
	},
	'Outlook in HTML, German': {
		language: 'de',
		subject: 'WG: Ihr Konto',
		inner: 'Ihr Konto',
		comment: 'Bitte prüfen\n\nMit freundlichen Grüßen\n\nErika',
		head: '',
		html: `<html><body><div class="WordSection1"><p class="MsoNormal">Bitte prüfen<o:p></o:p></p><p class="MsoNormal">Mit freundlichen Grüßen</p><p class="MsoNormal">Erika</p><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p class="MsoNormal"><b>Von:</b> Bank &lt;${FROM}&gt; <br><b>Gesendet:</b> Freitag, 20. November 2026 08:15<br><b>An:</b> Erika Example &lt;erika@corp.example&gt;<br><b>Betreff:</b> Ihr Konto<o:p></o:p></p></div><p><a href="${LINK}">Anmelden</a></p></div></body></html>`,
		date: '2026-11-20T07:15:00.000Z',
	},
};

const TEXT = `Please sign in at ${LINK}\nand pay.`;

export const FORWARDS: readonly InlineForward[] = Object.entries(WRITTEN).map(([name, written], index) => {
	const { language, subject, inner, comment, head, quoted, date, html: page } = written;
	const forwarded = `${head}${TEXT}`;
	const shown = quoted === true ? forwarded.replace(/^/gm, '> ') : forwarded;
	const body = page === undefined ? plain(`${comment}\n\n${shown}`) : html(page);
	return {
		name,
		language,
		subject: inner,
		from: FROM,
		comment,
		...(date === undefined ? {} : { date }),
		raw: wrapper({ id: `inline-${index}`, subject, body }),
	};
});
