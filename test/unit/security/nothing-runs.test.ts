import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { emailFromJson, emailToJson, parseEmail } from '../../../lib/email';
import { extractIndicators } from '../../../lib/indicators';
import { emailToBundle } from '../../../lib/stix';

const root = join(__dirname, '../../..');

function sources(folder: string): string[] {
	return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
		.filter((name) => name.endsWith('.ts') && !/^(?:dist|node_modules)\b/.test(name))
		.map((name) => join(folder, name));
}

/** Without comments, texts and expressions: what is left is code. */
function codeOf(path: string): string {
	return readFileSync(join(root, path), 'utf8')
		.replace(/\/\*[\s\S]*?\*\//g, '')
		.replace(/^[ \t]*\/\/.*$/gm, '')
		.replace(/\/(?![*/])(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n[])+\/[dgimsuvy]*(?=[\s,;.)\]])/g, '/x/')
		.replace(/'(?:\\.|[^'\\\n])*'/g, (text) => (/^'(?:node:)?[a-z_]+'$/.test(text) ? text : "''"));
}

const all = [...sources('lib'), ...sources('nodes'), ...sources('credentials'), ...sources('node-red')];

describe('nothing of what is read is run', () => {
	it.each([
		['evaluates a text', /\beval\s*\(|\bnew Function\b|\bFunction\s*\(|setTimeout\(\s*['"`]/],
		['starts a program', /'(?:node:)?child_process'|'(?:node:)?cluster'/],
		['runs code of its own making', /'(?:node:)?vm'|'(?:node:)?repl'|'(?:node:)?inspector'/],
		['evaluates an expression of n8n', /evaluateExpression|getWorkflowDataProxy|WorkflowDataProxy|resolveExpression/],
		[
			'fetches by itself: all connections pass the HTTP client, imapflow and Entra',
			/(?<![.#\w])fetch\s*\(|(?:from|require\() ?'(?:node:)?https?'|\bXMLHttpRequest\b/,
		],
	])('no source %s', (_what, forbidden) => {
		expect(all.length).toBeGreaterThan(300);
		expect(all.filter((path) => forbidden.test(codeOf(path)))).toEqual([]);
	});

	it('only the DKIM check and the greeting of a mail server open connections of another kind, and nobody writes files but 7z in its own memory', () => {
		const of = (forbidden: RegExp) => all.filter((path) => forbidden.test(codeOf(path)));
		expect(of(/from '(?:node:)?(?:dns|dns\/promises)'/).every((path) => path.startsWith('lib/firstLook/dkim/'))).toBe(
			true,
		);
		expect(of(/\bconnect\(\{/)).toEqual(['lib/mailbox/imap/greeting.ts']);
		expect(of(/\b(?:writeFile|writeFileSync|createWriteStream|mkdtemp|unlink|rmSync)\b/)).toEqual([
			'lib/attachments/readers/sevenZip.ts',
		]);
	});

	it('an expression of n8n in a mail stays a text', async () => {
		const expression = '={{ $env.SECRET }}';
		const email = await parseEmail(
			Buffer.from(
				`From: "${expression}" <a@example.org>\r\nSubject: ${expression}\r\nX-A: ${expression}\r\nContent-Type: text/plain; name="${expression}"\r\n\r\n${expression} https://evil.example.net/${expression}`,
			),
		);
		expect(email.subject).toBe(expression);
		expect(emailFromJson(JSON.parse(JSON.stringify(emailToJson(email))) as never).subject).toBe(expression);
		expect(JSON.stringify(emailToBundle(email))).toContain('={{ $env.SECRET }}');
		expect(extractIndicators(email).map(({ value }) => value)).toContain('evil.example.net');
	});
});
