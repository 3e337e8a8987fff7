import type { OpenCtiDocument } from '../documents';

/** One operation and what it is asked with. */
export interface Asked {
	document: OpenCtiDocument<unknown, unknown>;
	variables: unknown;
}

/** Several operations as one. */
export interface Joined {
	name: string;
	text: string;
	variables: Record<string, unknown>;
}

/** Of a document, its parts at each place among others: documents are few, and each is sent many times. */
const known = new WeakMap<Asked['document'], Part[]>();

/** A document as a part of a joined one: its variables bear the number of its place. */
interface Part {
	name: string;
	definitions: string;
	body: string;
}

const SHAPE = /^(?:query|mutation) (\w+)(?:\(([^)]*)\))?\s*\{([\s\S]*)\}$/;

/** The one field of a document that it asks the platform for; the name under which its answer stands. */
export function fieldOf({ text }: { text: string }): string {
	return /\{\s*(\w+)/.exec(text.slice(text.indexOf('{')))?.[1] ?? '';
}

/**
 * Operations of different fields in one document: the platform works on them one after the other and answers all of them at once.
 * Fields that are equal it refuses. In the order of their names, so that equal sets give equal documents, which the platform and the
 * peer in a test need to read once.
 */
export function joined(asked: readonly Asked[]): Joined {
	const inOrder = [...asked].sort((one, other) => (one.document.name < other.document.name ? -1 : 1));
	const parts = inOrder.map(({ document, variables }, at) => {
		const values = Object.entries(variables as Record<string, unknown>).map(
			([key, value]) => [`v${at}_${key}`, value] as const,
		);
		return { ...partOf(document, at), values };
	});
	const kind = inOrder[0]?.document.creates === true ? 'mutation' : 'query';
	const name = parts.map((part) => part.name).join('_');
	const definitions = parts.map((part) => part.definitions).join(' ');
	return {
		name,
		text: `${kind} ${name}(${definitions}) {${parts.map(({ body }) => body).join('')}}`,
		variables: Object.fromEntries(parts.flatMap(({ values }) => values)),
	};
}

function partOf(document: Asked['document'], at: number): Part {
	const parts = known.get(document) ?? [];
	known.set(document, parts);
	return (parts[at] ??= readPart(document.text, at));
}

function readPart(text: string, at: number): Part {
	const [, name = '', definitions = '', body = ''] = SHAPE.exec(text) ?? [];
	const renamed = (piece: string) => piece.replaceAll(/\$(\w+)/g, `$v${at}_$1`);
	return { name, definitions: renamed(definitions).trim(), body: renamed(body) };
}
