import { useEffect, useRef } from "preact/hooks";
import type { SqlTables } from "./answers.js";
import { createEditor, type SqlEditor } from "./createEditor.js";
import { statement } from "./statement.js";

/** The statement, with what can be said completed from the tables that are there. */
export const Editor = (props: {
  known: SqlTables | null;
  fault: number | null;
  run: () => void;
  editor: { current: SqlEditor | null };
}) => {
  const host = useRef<HTMLDivElement>(null);
  const run = useRef(props.run);
  run.current = props.run;
  useEffect(() => {
    if (!host.current) return undefined;
    const made = createEditor(host.current, {
      text: statement.peek(),
      label: "SQL statement",
      changed: (text) => {
        statement.value = text;
      },
      run: () => run.current(),
    });
    props.editor.current = made;
    // Seen from outside, keys of a shadow tree come from no text field: the page's own shortcuts must not take them.
    const keep = (event: KeyboardEvent): void => event.stopPropagation();
    host.current.addEventListener("keydown", keep);
    const held = host.current;
    return () => {
      held.removeEventListener("keydown", keep);
      made.close();
      props.editor.current = null;
    };
  }, []);
  const { known } = props;
  useEffect(() => {
    if (known) props.editor.current?.setKnown(known.tables, known.functions);
  }, [JSON.stringify([known?.tables, known?.functions])]);
  useEffect(() => props.editor.current?.setFault(props.fault), [props.fault]);
  return <div class="editor" ref={host} />;
};
