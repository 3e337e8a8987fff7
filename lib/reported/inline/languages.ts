/** Fields of the head that mail programs write above a forwarded message. */
export type HeadField = 'from' | 'subject' | 'date' | 'to' | 'cc' | 'replyTo';

/**
 * What mail programs write in a language: labels of the head, and lines that stand above it. As seen in the public samples of
 * crisp-oss/email-forward-parser (Apple Mail, Gmail, Outlook, Thunderbird, Yahoo) and in the translations of Thunderbird's
 * `mailnews.forward_header_originalmessage`; Outlook's labels besides as its interface has them.
 */
export interface Language {
	/** ISO 639-1. */
	code: string;
	labels: Readonly<Record<HeadField, string>>;
	/** Lines that only a forward has: Apple Mail's end with a colon, the others stand between hyphens. */
	forwarded: string;
	/** Lines that Outlook puts above forwards and replies alike. */
	original: string;
	/** Beginnings of subjects of forwards, besides `Fw` and `Fwd`. */
	prefixes?: string;
}

/** Alternatives are separated by bars. */
export const LANGUAGES: readonly Language[] = [
	{
		code: 'en',
		labels: { from: 'From', subject: 'Subject', date: 'Date|Sent', to: 'To', cc: 'Cc', replyTo: 'Reply-To' },
		forwarded: 'Forwarded message|Begin forwarded message',
		original: 'Original Message|Original Appointment',
	},
	{
		code: 'de',
		labels: {
			from: 'Von',
			subject: 'Betreff',
			date: 'Datum|Gesendet',
			to: 'An',
			cc: 'Cc|Kopie|Kopie (CC)',
			replyTo: 'Antwort an',
		},
		forwarded: 'Weitergeleitete Nachricht|Anfang der weitergeleiteten Nachricht|Anfang der weitergeleiteten E-Mail',
		original: 'Ursprüngliche Nachricht|Originalnachricht',
		prefixes: 'WG',
	},
	{
		code: 'fr',
		labels: {
			from: 'De',
			subject: 'Objet|Sujet',
			date: 'Date|Envoyé',
			to: 'À|Pour',
			cc: 'Cc|Copie à',
			replyTo: 'Répondre à',
		},
		forwarded: 'Message transféré|Message transmis|Début du message réexpédié|Début du message transféré',
		original: "Message d'origine|Message d’origine|Message original",
		prefixes: 'TR',
	},
	{
		code: 'es',
		labels: {
			from: 'De',
			subject: 'Asunto',
			date: 'Fecha|Enviado|Enviado el',
			to: 'Para',
			cc: 'Cc',
			replyTo: 'Responder a',
		},
		forwarded: 'Mensaje reenviado|Inicio del mensaje reenviado',
		original: 'Mensaje original',
		prefixes: 'RV|RE ENV',
	},
	{
		code: 'it',
		labels: { from: 'Da|Mittente', subject: 'Oggetto', date: 'Data|Inviato', to: 'A', cc: 'Cc', replyTo: 'Rispondi a' },
		forwarded: 'Messaggio inoltrato|Inizio messaggio inoltrato',
		original: 'Messaggio originale',
		prefixes: 'I',
	},
	{
		code: 'nl',
		labels: {
			from: 'Van',
			subject: 'Onderwerp',
			date: 'Datum|Verzonden',
			to: 'Aan',
			cc: 'Cc|Kopie',
			replyTo: 'Antwoord aan',
		},
		forwarded: 'Doorgestuurd bericht|Begin doorgestuurd bericht',
		original: 'Oorspronkelijk bericht',
		prefixes: 'Doorst',
	},
	{
		code: 'pt',
		labels: {
			from: 'De',
			subject: 'Assunto',
			date: 'Data|Enviado|Enviada em',
			to: 'Para',
			cc: 'Cc',
			replyTo: 'Responder a',
		},
		forwarded:
			'Mensagem encaminhada|Mensagem reencaminhada|Início da mensagem encaminhada|Início da mensagem reencaminhada',
		original: 'Mensagem original',
		prefixes: 'ENC',
	},
	{
		code: 'pl',
		labels: {
			from: 'Od|Nadawca',
			subject: 'Temat',
			date: 'Data|Wysłano',
			to: 'Do|Adresat',
			cc: 'Dw|DW|Kopia',
			replyTo: 'Odpowiedź-do',
		},
		forwarded:
			'Przekazana wiadomość|Treść przekazanej wiadomości|Początek przekazywanej wiadomości|Wiadomość przekazana dalej',
		original: 'Oryginalna wiadomość|Wiadomość oryginalna',
		prefixes: 'PD',
	},
	{
		code: 'sv',
		labels: { from: 'Från', subject: 'Ämne', date: 'Datum|Skickat', to: 'Till', cc: 'Kopia', replyTo: 'Svara till' },
		forwarded: 'Vidarebefordrat meddelande|Vidarebefordrat mejl',
		original: 'Ursprungligt meddelande',
		prefixes: 'VB',
	},
	{
		code: 'da',
		labels: { from: 'Fra', subject: 'Emne', date: 'Dato|Sendt', to: 'Til', cc: 'Cc', replyTo: 'Svar til' },
		forwarded: 'Videresendt meddelelse|Start på videresendt besked',
		original: 'Oprindelig meddelelse',
		prefixes: 'VS',
	},
	{
		code: 'no',
		labels: { from: 'Fra', subject: 'Emne', date: 'Dato|Sendt', to: 'Til', cc: 'Kopi', replyTo: 'Svar til' },
		forwarded: 'Videresendt melding',
		original: 'Opprinnelig melding',
		prefixes: 'VS|Videresend',
	},
	{
		code: 'fi',
		labels: {
			from: 'Lähettäjä',
			subject: 'Aihe',
			date: 'Päivämäärä|Päiväys|Lähetetty',
			to: 'Vastaanottaja',
			cc: 'Kopio',
			replyTo: 'Vastaus',
		},
		forwarded: 'Edelleenlähetetty viesti|Välitetty viesti|Välitetty viesti / Fwd.Msg|Välitetty viesti alkaa',
		original: 'Alkuperäinen viesti',
		prefixes: 'VL',
	},
	{
		code: 'cs',
		labels: { from: 'Od', subject: 'Předmět', date: 'Datum|Odesláno', to: 'Komu', cc: 'Kopie', replyTo: 'Odpověď na' },
		forwarded: 'Přeposlaná zpráva|Začátek přeposílané zprávy',
		original: 'Původní zpráva',
	},
	{
		code: 'sk',
		labels: {
			from: 'Od',
			subject: 'Predmet',
			date: 'Dátum|Odoslané',
			to: 'Pre|Komu',
			cc: 'Kópia',
			replyTo: 'Odpovedať-Pre',
		},
		forwarded: 'Preposlaná správa|Preposlaná správa --- Forwarded Message|Začiatok preposlanej správy',
		original: 'Pôvodná správa',
	},
	{
		code: 'hu',
		labels: {
			from: 'Feladó',
			subject: 'Tárgy',
			date: 'Dátum|Elküldve',
			to: 'Címzett',
			cc: 'Másolat|Másolatot kap',
			replyTo: 'Válaszcím',
		},
		forwarded: 'Továbbított üzenet|Továbbított levél kezdete',
		original: 'Eredeti üzenet',
	},
	{
		code: 'ro',
		labels: {
			from: 'De la|Expeditorul',
			subject: 'Subiect|Subiectul',
			date: 'Dată|Data|Trimis',
			to: 'Către|Destinatarul',
			cc: 'Cc',
			replyTo: 'Răspuns către',
		},
		forwarded: 'Mesaj redirecționat|Începe mesajul redirecționat|Mesaj transmis mai departe',
		original: 'Mesaj original',
		prefixes: 'Redir.',
	},
	{
		code: 'hr',
		labels: { from: 'Šalje', subject: 'Predmet|Naslov', date: 'Datum', to: 'Prima', cc: 'Cc', replyTo: 'Odgovori na' },
		forwarded: 'Proslijeđena poruka|Započni proslijeđenu poruku',
		original: 'Izvorna poruka',
	},
	{
		code: 'ru',
		labels: {
			from: 'От|Отправитель',
			subject: 'Тема',
			date: 'Дата|Отправлено',
			to: 'Кому',
			cc: 'Копия',
			replyTo: 'Ответ-Кому',
		},
		forwarded: 'Пересылаемое сообщение|Перенаправленное сообщение|Начало переадресованного сообщения',
		original: 'Исходное сообщение',
	},
	{
		code: 'uk',
		labels: {
			from: 'Від|Від кого',
			subject: 'Тема',
			date: 'Дата|Відправлено',
			to: 'Кому',
			cc: 'Копія',
			replyTo: 'Кому відповісти',
		},
		forwarded: 'Переслане повідомлення|Перенаправлене повідомлення|Початок листа, що пересилається',
		original: 'Оригінальне повідомлення',
	},
	{
		code: 'tr',
		labels: {
			from: 'Kimden|Gönderen',
			subject: 'Konu',
			date: 'Tarih|Gönderilen|Gönderme Tarihi',
			to: 'Kime|Alıcı',
			cc: 'Bilgi',
			replyTo: 'Yanıt Adresi',
		},
		forwarded: 'İletilmiş Mesaj|İletilen İleti|İleti başlangıcı|Yönlendirilmiş ileti',
		original: 'Orijinal İleti',
		prefixes: 'İLT|ILT',
	},
];
