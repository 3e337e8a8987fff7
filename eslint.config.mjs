import { readdirSync, readFileSync } from 'node:fs';
import communityNodes from '@n8n/eslint-plugin-community-nodes';
import nodesBase from 'eslint-plugin-n8n-nodes-base';
import regexp from 'eslint-plugin-regexp';
import tseslint from 'typescript-eslint';

const { dependencies } = JSON.parse(readFileSync(new URL('package.json', import.meta.url), 'utf8'));

const hosts = ['n8n-workflow', 'n8n-core'];
/** What speaks a protocol or reads a format belongs to lib: everything that this package stands on. */
const protocols = Object.keys(dependencies);

/**
 * The folders of lib from the ground up, and what each may import of the others. What is not named points upwards, or sideways.
 * The files that stand beside the folders are the ground floor.
 */
const floors = {
	http: [],
	email: [],
	indicators: ['email'],
	stix: ['email', 'indicators'],
	pattern: ['email', 'indicators', 'stix'],
	esa: ['http', 'stix', 'pattern'],
	opencti: ['http', 'email', 'indicators', 'stix', 'pattern'],
	mailbox: ['http', 'email'],
};
const folders = Object.keys(floors);
for (const entry of readdirSync(new URL('lib/', import.meta.url), { withFileTypes: true }))
	if (entry.isDirectory() && !folders.includes(entry.name))
		throw new Error(`lib/${entry.name} has no place in the floors of eslint.config.mjs.`);

/** Nobody reaches past a folder's index.ts from outside of it. */
const throughTheDoor = {
	group: ['**/lib/*/*', ...folders.map((folder) => `../${folder}/*`)],
	message: 'Import from the folder (its index.ts), not from a file inside it.',
};
const forbid = (paths, above = []) => ({
	'no-restricted-imports': [
		'error',
		{
			paths: paths.map((name) => ({ name, message: 'Not in this layer: see the layers in docs/design.' })),
			patterns: [
				throughTheDoor,
				...(above.length > 0
					? [
							{
								group: above.flatMap((floor) => [`../${floor}`, `../${floor}/**`]),
								message: 'Nothing points upwards: see the floors in docs/design.',
							},
						]
					: []),
			],
		},
	],
});
const above = (folder) => folders.filter((other) => other !== folder && !floors[folder].includes(other));

export default tseslint.config(
	{ ignores: ['dist/**', 'coverage/**', '.toolchain/**', '.n8n-cache/**', 'demo-output/**', 'node_modules/**'] },
	{
		files: ['**/*.ts'],
		extends: [...tseslint.configs.recommendedTypeChecked, regexp.configs['flat/recommended']],
		languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
		rules: {
			// The proof that no expression of ours backtracks more than linearly.
			'regexp/no-super-linear-backtracking': ['error', { report: 'certain' }],
			'regexp/no-super-linear-move': 'error',
			'@typescript-eslint/consistent-type-imports': [
				'error',
				{ fixStyle: 'inline-type-imports', disallowTypeAnnotations: false },
			],
			'@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', ignoreRestSiblings: true }],
			'@typescript-eslint/switch-exhaustiveness-check': 'error',
			eqeqeq: 'error',
			// One manner: #private is private at run time too. A constructor has no such form.
			'no-restricted-syntax': [
				'error',
				{
					selector:
						':matches(MethodDefinition[kind!="constructor"], PropertyDefinition, TSParameterProperty)[accessibility="private"]',
					message: 'Write #name.',
				},
			],
			'no-console': 'error',
			// Style only; these rewrite readable character classes into dense ones.
			'regexp/prefer-d': 'off',
			'regexp/prefer-w': 'off',
			'regexp/use-ignore-case': 'off',
			'regexp/prefer-character-class': 'off',
			'regexp/no-useless-assertions': 'off',
			'regexp/sort-character-class-elements': 'off',
			// Clearer with them where a limit or a protocol character is meant.
			'regexp/prefer-quantifier': 'off',
			'regexp/no-control-character': 'off',
			'no-control-regex': 'off',
		},
	},
	{ files: ['lib/**/*.ts'], rules: forbid(hosts) },
	...folders.map((folder) => ({ files: [`lib/${folder}/**/*.ts`], rules: forbid(hosts, above(folder)) })),
	{
		files: ['lib/**/*.ts'],
		rules: {
			// Heavy libraries are required when they are first used: n8n loads every node at boot.
			'@typescript-eslint/no-require-imports': ['error', { allow: protocols.map((name) => `^${name}(?:/|$)`) }],
		},
	},
	{ files: ['nodes/**/*.ts', 'credentials/**/*.ts'], rules: forbid(protocols) },
	{
		files: ['nodes/**/*.ts'],
		plugins: { 'n8n-nodes-base': nodesBase, '@n8n/community-nodes': communityNodes },
		rules: {
			...nodesBase.configs.nodes.rules,
			...communityNodes.configs.recommendedWithoutN8nCloudSupport.rules,
			// They ask for the literal 'main'; n8n's newer plugin, rightly, asks for NodeConnectionTypes.Main.
			'n8n-nodes-base/node-class-description-inputs-wrong-regular-node': 'off',
			'n8n-nodes-base/node-class-description-outputs-wrong': 'off',
		},
	},
	{
		files: ['credentials/**/*.ts'],
		plugins: { 'n8n-nodes-base': nodesBase, '@n8n/community-nodes': communityNodes },
		rules: {
			...nodesBase.configs.credentials.rules,
			...communityNodes.configs.recommendedWithoutN8nCloudSupport.rules,
			// It is for n8n's own nodes, whose documentation is a slug; ours is a URL.
			'n8n-nodes-base/cred-class-field-documentation-url-miscased': 'off',
		},
	},
	// n8n drops a codex file that it cannot read, without a word.
	{ files: ['nodes/**/*.node.json'], languageOptions: { parser: tseslint.parser }, rules: { 'no-dupe-keys': 'error' } },
	{
		files: ['test/**/*.ts', 'bench/**/*.ts'],
		rules: {
			// Answers of simulators and of n8n's engine are untyped JSON.
			'@typescript-eslint/no-unsafe-assignment': 'off',
			'@typescript-eslint/no-unsafe-member-access': 'off',
			'@typescript-eslint/no-unsafe-call': 'off',
			'@typescript-eslint/no-unsafe-argument': 'off',
			'@typescript-eslint/no-unsafe-return': 'off',
			'@typescript-eslint/require-await': 'off',
			'@typescript-eslint/no-require-imports': 'off',
			'@typescript-eslint/unbound-method': 'off',
			'@typescript-eslint/no-base-to-string': 'off',
		},
	},
);
