import type { LabMailbox, LabMessage } from './exchange';
import { LabRefusal } from './odata';

/** The part of KQL that mail clients use: `word`, `property:"words"`, `received>=day`, joined by AND. */
export function searchOf(text: string, mailbox: LabMailbox): (message: LabMessage) => boolean {
	const quoted = /^"([\s\S]*)"$/.exec(text)?.[1]?.replaceAll('\\"', '"').replaceAll('\\\\', '\\');
	if (quoted === undefined)
		throw new LabRefusal(400, 'ErrorInvalidUrlQuery', 'The $search value must stand in quotes.');
	const tests = (quoted.match(/(?:"[^"]*"|[^"])+?(?= AND |$)/g) ?? [])
		.map((term) => term.replace(/^ AND /, ''))
		.map((term) => {
			const day = /^received(>=|<=)(\d{4}-\d\d-\d\d)$/.exec(term);
			if (day !== null) {
				return (message: LabMessage) => {
					const received = new Date(message.receivedAt).toISOString().slice(0, 10);
					return day[1] === '>=' ? received >= day[2]! : received <= day[2]!;
				};
			}
			const words = /^(?:(from|to|subject):)?"([^"]*)"$/.exec(term);
			if (words === null) throw new LabRefusal(400, 'ErrorInvalidUrlQuery', `Syntax error in the search: ${term}`);
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
