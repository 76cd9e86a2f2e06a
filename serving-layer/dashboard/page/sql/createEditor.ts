import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completeFromList,
  completionKeymap,
} from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { PostgreSQL, sql } from "@codemirror/lang-sql";
import { bracketMatching } from "@codemirror/language";
import { Compartment, EditorState, type Range, StateEffect, StateField } from "@codemirror/state";
import {
  Decoration,
  type DecorationSet,
  drawSelection,
  EditorView,
  keymap,
  placeholder,
} from "@codemirror/view";
import type { SqlFunction, SqlTable } from "./answers.js";
import { editorStyle } from "./editorStyle.js";

export interface SqlEditor {
  text(): string;
  setText(text: string): void;
  /** Puts a text where the cursor is. */
  insert(text: string): void;
  /** What completion may offer. */
  setKnown(tables: readonly SqlTable[], functions: readonly SqlFunction[]): void;
  /** Marks the character at which a statement fails; it stands until the text changes. */
  setFault(offset: number | null): void;
  focus(): void;
  close(): void;
}

const setFault = StateEffect.define<number | null>();

const faultMark = (state: EditorState, offset: number | null): DecorationSet => {
  if (offset === null || state.doc.length === 0) return Decoration.none;
  const from = Math.min(offset, state.doc.length - 1);
  const word = state.wordAt(from);
  const mark: Range<Decoration> = Decoration.mark({ class: "cm-fault" }).range(from, word?.to ?? from + 1);
  return Decoration.set([mark]);
};

const faults = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(standing, transaction) {
    const [effect] = transaction.effects.filter((one) => one.is(setFault));
    if (effect) return faultMark(transaction.state, effect.value);
    return transaction.docChanged ? Decoration.none : standing;
  },
  provide: (field) => EditorView.decorations.from(field),
});

/**
 * Typing over a selection, by the state alone: left to itself Chromium keeps the look of what it replaces by a style
 * attribute, which the page's content policy refuses, with an error.
 */
const typeOverSelection = EditorView.domEventHandlers({
  beforeinput(event, view) {
    const { data, inputType } = event;
    const { main } = view.state.selection;
    if (inputType !== "insertText" || data === null || main.empty || view.composing) return false;
    const { from, to } = main;
    const insert = () =>
      view.state.update({
        ...view.state.replaceSelection(data),
        userEvent: "input.type",
        scrollIntoView: true,
      });
    event.preventDefault();
    const taken = view.state
      .facet(EditorView.inputHandler)
      .some((handle) => handle(view, from, to, data, insert));
    if (!taken) view.dispatch(insert());
    return true;
  },
});

/** DuckDB's SQL is nearest to PostgreSQL's. */
const language = (tables: readonly SqlTable[], functions: readonly SqlFunction[]) => {
  const support = sql({
    dialect: PostgreSQL,
    upperCaseKeywords: true,
    schema: Object.fromEntries(
      tables.map(({ name, columns }) => [
        name,
        columns.map((column) => ({ label: column.name, type: "property", detail: column.type })),
      ]),
    ),
  });
  const called = functions.map(({ name, description }) => ({
    label: name,
    type: "function",
    detail: description,
    apply: name.replace(/\(.*$/s, ""),
  }));
  return [support, support.language.data.of({ autocomplete: completeFromList(called) })];
};

/**
 * An editor for one statement, in a shadow tree: its style sheet is adopted there, which the page's content policy
 * allows, where a style element in the document would be refused.
 */
export const createEditor = (
  host: HTMLElement,
  options: {
    readonly text: string;
    readonly label: string;
    readonly changed: (text: string) => void;
    readonly run: () => void;
  },
): SqlEditor => {
  const root = host.shadowRoot ?? host.attachShadow({ mode: "open" });
  const known = new Compartment();
  const view = new EditorView({
    root,
    parent: root,
    state: EditorState.create({
      doc: options.text,
      extensions: [
        keymap.of([
          {
            key: "Mod-Enter",
            run: () => {
              options.run();
              return true;
            },
          },
        ]),
        typeOverSelection,
        history(),
        drawSelection(),
        bracketMatching(),
        closeBrackets(),
        autocompletion({ icons: false }),
        keymap.of([...closeBracketsKeymap, ...completionKeymap, ...defaultKeymap, ...historyKeymap]),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ "aria-label": options.label }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) options.changed(update.state.doc.toString());
        }),
        placeholder("SELECT …"),
        known.of(language([], [])),
        faults,
        editorStyle,
      ],
    }),
  });
  return {
    text: () => view.state.doc.toString(),
    setText(text) {
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
    },
    insert(text) {
      view.dispatch(view.state.replaceSelection(text));
      view.focus();
    },
    setKnown: (tables, functions) =>
      view.dispatch({ effects: known.reconfigure(language(tables, functions)) }),
    setFault: (offset) => view.dispatch({ effects: setFault.of(offset) }),
    focus: () => view.focus(),
    close: () => view.destroy(),
  };
};
