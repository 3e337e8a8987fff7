import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { packageFolder } from './install';

/** A node's page, as the editor reads it. */
export interface Form {
	type: string;
	/** Name of its files. */
	file: string;
	html: string;
	/** What `registerType` of the editor is given. */
	definition: {
		category: string;
		icon?: string;
		defaults: Record<string, { value: unknown; type?: string; validate?: { range?: [number, number] } }>;
		credentials?: object;
	};
}

const manifest = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8')) as {
	'node-red': { nodes: Record<string, string> };
};

/** The pages of all nodes of the package. */
export const forms: Form[] = Object.entries(manifest['node-red'].nodes).map(([type, path]) => {
	const file = path.replace(/^dist\/node-red\//, '').replace(/\.js$/, '');
	const html = readFileSync(join(packageFolder, `${file}.html`), 'utf8');
	const script = /<script type="text\/javascript">([\s\S]*?)<\/script>/.exec(html)![1]!;
	let definition: Form['definition'] | undefined;
	const RED = { nodes: { registerType: (_type: string, given: Form['definition']) => (definition = given) } };
	const EmailIntel = {
		isNumber: (least: number, most: number) => ({ range: [least, most] }),
		chosenFor: () => () => true,
	};
	runInNewContext(script, { RED, EmailIntel });
	return { type, file, html, definition: definition! };
});

/** What a node holds that nobody has changed. */
export function untouched(type: string): Record<string, unknown> {
	const { defaults } = forms.find((form) => form.type === type)!.definition;
	return Object.fromEntries(Object.entries(defaults).map(([name, { value }]) => [name, value]));
}
