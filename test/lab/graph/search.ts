import type { LabMailbox, LabMessage } from './exchange';
import { LabRefusal } from './odata';

/** The part of KQL that mail clients use: `word`, `property:"words"`, `received>=day`, joined by AND. */
export function searchOf(text: string, mailbox: LabMailbox): (message: LabMessage) => boolean {
	// A quote inside of them is escaped by a backslash, as Graph's page about $search says; one that is not ends the text.
	const quoted = /^"((?:[^"\\]|\\[\s\S])*)"$/.exec(text)?.[1]?.replace(/\\([\s\S])/g, '$1');
	if (quoted === undefined)
		throw new LabRefusal(400, 'ErrorInvalidUrlQuery', 'The $search value must stand in quotes.');
	const tests = termsOf(quoted).map((term) => {
		const day = /^received(>=|<=)(\d{4}-\d\d-\d\d)$/.exec(term);
		if (day !== null) {
			return (message: LabMessage) => {
				const received = new Date(message.receivedAt).toISOString().slice(0, 10);
				return day[1] === '>=' ? received >= day[2]! : received <= day[2]!;
			};
		}
		const words = /^(?:(from|to|subject):)?"([^"]*)"$/.exec(term);
		if (words === null) throw new LabRefusal(400, 'ErrorInvalidUrlQuery', 'Syntax error in the search.');
		const wanted = words[2]!.toLowerCase();
		return (message: LabMessage) => {
			const where =
				{ from: message.from, to: message.to.join(' '), subject: message.subject }[words[1] ?? ''] ??
				mailbox.mimeOf(message).toString('latin1');
			return where.toLowerCase().includes(wanted);
		};
	});
	return (message) => tests.every((test) => test(message));
}

/** Terms between ` AND `; a phrase may hold that, too. */
function termsOf(text: string): string[] {
	const term = /(?:(?:from|to|subject):)?"[^"]*"|received[<>]=\d{4}-\d\d-\d\d/y;
	const terms: string[] = [];
	for (let at = 0; at < text.length; at = term.lastIndex + ' AND '.length) {
		term.lastIndex = at;
		const match = term.exec(text);
		const end = match === null ? -1 : term.lastIndex;
		if (match === null || (end < text.length && !text.startsWith(' AND ', end))) {
			throw new LabRefusal(400, 'ErrorInvalidUrlQuery', 'Syntax error in the search.');
		}
		terms.push(match[0]);
	}
	return terms;
}
