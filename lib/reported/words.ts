import type { EmailAddress } from '../email';

/** Words of people who report mail, in the languages that inline forwards are read in. */
const SUSPICION = new RegExp(
	[
		'phish',
		'spam',
		'scam',
		'suspicio',
		'fraud',
		'malicious',
		'malware',
		'fake',
		'junk',
		'hoax',
		// German, Dutch
		'verd(?:ä|ae)chtig',
		'betrug',
		'betr(?:ü|ue)g',
		'verdacht',
		'oplicht',
		'nepmail',
		// French, Spanish, Italian, Portuguese, Romanian
		'hame[cç]onnage',
		'suspect',
		'arnaque',
		'indésirable',
		'sospech',
		'estafa',
		'sospett',
		'truffa',
		'frode',
		'suspeit',
		'golpe',
		'înșel',
		'înşel',
		// Polish, Czech, Slovak, Hungarian
		'podejrzan',
		'oszust',
		'wyłudz',
		'podez[rř]el',
		'podozriv',
		'podvod',
		'gyanús',
		'csalás',
		'adathal',
		// Swedish, Danish, Norwegian, Finnish
		'misst[aä]nk',
		'mist[æe]nk',
		'bluffm',
		'bedräg',
		'skräppost',
		'svind[ei]l',
		'epäilyttäv',
		'huija',
		'kalastel',
		'roskaposti',
		// Russian, Ukrainian, Turkish
		'подозр',
		'підозр',
		'мошенн',
		'шахрай',
		'фишинг',
		'фішинг',
		'спам',
		'şüpheli',
		'dolandır',
		'oltalama',
	].join('|'),
	'iu',
);

/** Whether somebody says that he does not trust a mail. */
export const isSuspicion = (text: string): boolean => SUSPICION.test(text.slice(0, 4_000));

/** Words of addresses to which mail is reported. */
const REPORTING =
	/^(?:report(?:s|ing|ed)?|phish(?:ing)?(?:alert|report)?s?|spam|scam|abuse|junk|suspicious|fraud|security|itsecurity|infosec|soc|csirt|cert|sirt|cyber(?:security|defense|defence)?|missbrauch|sicherheit|securite|seguridad|sicurezza|seguranca)$/;

/** Whether an address is one to which mail is reported. */
export function isReportingAddress({ address }: Pick<EmailAddress, 'address'>): boolean {
	const local = address.slice(0, Math.max(0, address.lastIndexOf('@'))).toLowerCase();
	return local.length <= 100 && local.split(/[._+-]+/).some((word) => REPORTING.test(word));
}

/** How newsletters say that they can be ended. */
const UNSUBSCRIBE =
	/unsubscribe|manage (?:your )?(?:preferences|subscription)|view (?:this email |it )?in (?:your )?browser|abbestell|abmelden|se désabonner|désinscri|darse de baja|cancelar (?:la )?suscripción|disiscri|annulla l.iscrizione|uitschrijven|afmelden|cancelar (?:a )?(?:inscrição|subscrição)|wypisz|avregistrera|avmeld|afmeld|peruuta tilau|odhlásit|отписаться|aboneliğ|leiratkoz/iu;

/** Whether a text looks like that of a newsletter. */
export const isNewsletter = (text: string): boolean => UNSUBSCRIBE.test(text);
