import { join, relative } from 'node:path';
import ts from 'typescript';

/** The project's folder. */
export const root = join(__dirname, '..', '..');

/** The options of this project, which are those of a strict user. */
const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), (path) => ts.sys.readFile(path)) as {
	config: { compilerOptions: Record<string, unknown> };
};
const STRICT = ts.convertCompilerOptionsFromJson(config.compilerOptions, root).options;

/**
 * A program of files, read from the disk or, where `texts` has their path, from memory. Syntax trees are kept: what several
 * programs read is parsed once.
 */
export function compile(
	files: readonly string[],
	options: ts.CompilerOptions = {},
	texts: Readonly<Record<string, string>> = {},
): ts.Program {
	const all: ts.CompilerOptions = { ...STRICT, types: ['node'], ...options };
	const host = ts.createCompilerHost(all);
	const { fileExists, readFile, getSourceFile } = host;
	host.fileExists = (path) => Object.hasOwn(texts, path) || fileExists(path);
	host.readFile = (path) => texts[path] ?? readFile(path);
	host.getSourceFile = (path, language, ...rest) => {
		const text = texts[path];
		if (text !== undefined) return ts.createSourceFile(path, text, language, true);
		const key = `${path} ${typeof language === 'object' ? `${language.languageVersion} ${language.impliedNodeFormat}` : language}`;
		const known = TREES.get(key) ?? getSourceFile(path, language, ...rest);
		if (known !== undefined) TREES.set(key, known);
		return known;
	};
	return ts.createProgram({ rootNames: [...files], options: all, host });
}

const TREES = new Map<string, ts.SourceFile>();

/** What the compiler says against a program, or one file of it; one line a fault: `file:line code text`. */
export function faultsOf(program: ts.Program, file?: string): string[] {
	const source = file === undefined ? undefined : program.getSourceFile(file);
	return ts.getPreEmitDiagnostics(program, source).map(({ file: at, start, code, messageText }) => {
		const text = ts.flattenDiagnosticMessageText(messageText, ' ');
		if (at === undefined || start === undefined) return `TS${code} ${text}`;
		const { line } = at.getLineAndCharacterOfPosition(start);
		return `${relative(root, at.fileName)}:${line + 1} TS${code} ${text}`;
	});
}

/** The faults of a text that stands as a file in this folder, what it imports apart. */
export function faultsOfText(text: string, options: ts.CompilerOptions = {}): string[] {
	const path = join(__dirname, 'snippet.ts').replaceAll('\\', '/');
	const loose = { noUnusedLocals: false, noUnusedParameters: false };
	return faultsOf(compile([path], { ...loose, ...options }, { [path]: text }), path);
}
