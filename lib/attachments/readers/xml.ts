import type { SaxesParser, SaxesTagPlain } from 'saxes';
import { ATTACHMENT_LIMITS } from '../../limits';
import { utf16Text } from '../../text';

type Saxes = typeof import('saxes');

/** What is told of an XML document while it is read. Names are without their prefix, in lower case. */
export interface XmlHandler {
	open(name: string, attributes: ReadonlyMap<string, string>): void;
	close(name: string): void;
	text(text: string): void;
}

/** Characters that the parser gets at a time. */
const PIECE = 65_536;

/**
 * Reads an XML document as it comes. It stops at a DOCTYPE, which no Office document has and entities come from, at elements that lie
 * too deep, and at what is no XML: what came before was told. False when it stopped.
 */
export function readXml(bytes: Buffer, handler: XmlHandler): boolean {
	const { SaxesParser: Parser } = require('saxes') as Saxes;
	const parser: SaxesParser<object> = new Parser({ xmlns: false });
	let depth = 0;
	const stop = (why: string): never => {
		throw new Error(why);
	};
	parser.on('error', (error) => stop(error.message));
	parser.on('doctype', () => stop('a document type'));
	parser.on('opentag', (tag: SaxesTagPlain) => {
		if (++depth > ATTACHMENT_LIMITS.maxXmlDepth) stop('too deep');
		const attributes = new Map<string, string>();
		for (const [name, value] of Object.entries(tag.attributes as Record<string, string>)) {
			attributes.set(localName(name), value);
			attributes.set(name.toLowerCase(), value);
		}
		handler.open(localName(tag.name), attributes);
	});
	parser.on('closetag', ({ name }) => {
		depth--;
		handler.close(localName(name));
	});
	parser.on('text', (text) => handler.text(text));
	parser.on('cdata', (text) => handler.text(text));
	const isWide = bytes[0] === 0xff && bytes[1] === 0xfe;
	const text = (isWide ? utf16Text(bytes) : bytes.toString('utf8')).replace(/^\ufeff/, '');
	try {
		for (let at = 0; at < text.length; at += PIECE) parser.write(text.slice(at, at + PIECE));
		parser.close();
		return true;
	} catch {
		return false;
	}
}

const localName = (name: string): string => name.slice(name.lastIndexOf(':') + 1).toLowerCase();
