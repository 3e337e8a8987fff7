import { exampleMessages } from '../../engine/exampleWorkflow';

/** What arrives last in the demo's mailbox: a phish that somebody reported with a button. */
export const NEWEST = '15-reported-phish.eml';

/** The newest message of the demo. */
export const newestMessage = (): Buffer => exampleMessages().find(({ name }) => name === NEWEST)!.raw;

/** The same phish, as a second person reports it: another mail around the same bytes. */
export const reportedAgain = (): Buffer =>
	Buffer.from(
		newestMessage()
			.toString('utf8')
			.replace('Return-Path: <jonas@soc.example.org>', 'Return-Path: <mia@soc.example.org>')
			.replace('From: Jonas Example <jonas@soc.example.org>', 'From: Mia Example <mia@soc.example.org>')
			.replace('<report-1@soc.example.org>', '<report-2@soc.example.org>')
			.replace('Content-Language: de-DE', 'Content-Language: en-GB')
			.replace('Kam heute Mittag. Ich habe nicht geklickt.', 'Is this from us?'),
	);
