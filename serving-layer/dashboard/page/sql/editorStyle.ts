import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { EditorView } from "@codemirror/view";
import { tags } from "@lezer/highlight";

/** By the page's own variables, which reach into a shadow tree: dark and light need no second style. */
const theme = EditorView.theme({
  "&": { backgroundColor: "var(--ground)", color: "var(--text)", fontSize: "0.933rem", borderRadius: "9px" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": {
    minHeight: "9.5rem",
    maxHeight: "24rem",
    fontFamily: "ui-monospace, 'JetBrains Mono', Menlo, monospace",
    lineHeight: "1.6",
  },
  ".cm-content": { padding: "10px 0", caretColor: "var(--text)" },
  ".cm-line": { padding: "0 12px" },
  ".cm-cursor": { borderLeftColor: "var(--text)" },
  ".cm-placeholder": { color: "var(--quiet)" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "color-mix(in srgb, var(--settled) 26%, transparent)",
  },
  ".cm-matchingBracket, &.cm-focused .cm-matchingBracket": {
    backgroundColor: "var(--settled-soft)",
    outline: "1px solid var(--settled)",
  },
  ".cm-fault": {
    backgroundColor: "var(--partial-soft)",
    textDecoration: "underline wavy var(--partial)",
    textUnderlineOffset: "4px",
  },
  ".cm-tooltip": {
    border: "1px solid var(--line)",
    borderRadius: "10px",
    overflow: "hidden",
    backgroundColor: "var(--surface)",
    color: "var(--text)",
    boxShadow: "0 12px 32px rgb(0 0 0 / 18%)",
  },
  ".cm-tooltip.cm-tooltip-autocomplete > ul > li": { padding: "3px 10px" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": {
    backgroundColor: "var(--settled-soft)",
    color: "var(--text)",
  },
  ".cm-completionDetail": { color: "var(--quiet)", fontStyle: "normal", marginLeft: "1.2em" },
});

const highlight = HighlightStyle.define([
  { tag: tags.keyword, color: "var(--settled)", fontWeight: "600" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--good)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--live)" },
  { tag: tags.comment, color: "var(--quiet)", fontStyle: "italic" },
  { tag: [tags.typeName, tags.standard(tags.name)], color: "var(--partial)" },
]);

export const editorStyle = [theme, syntaxHighlighting(highlight)];
