import { Books } from "./parts/books.js";
import { Generation } from "./parts/generation.js";
import { Header } from "./parts/header.js";
import { KeyPanel } from "./parts/keyPanel.js";
import { Shards } from "./parts/shards.js";
import { KeyForm, Skeleton } from "./parts/states.js";
import { TrendList } from "./parts/trendList.js";
import { status, trouble } from "./state/answers.js";

const Below = () =>
  status.value ? (
    <div class="below" data-lost={trouble.value === "unreachable" || undefined}>
      <Books status={status.value} />
      <Generation status={status.value} />
      <Shards status={status.value} />
    </div>
  ) : (
    <div class="below">
      {[0, 1, 2].map((index) => (
        <section key={index} class="card" aria-hidden="true">
          <Skeleton rows={3} />
        </section>
      ))}
    </div>
  );

export const App = () => {
  if (typeof trouble.value === "object" && trouble.value?.status === 401) return <KeyForm />;
  return (
    <>
      <a class="skip" href="#main">
        To the trending list
      </a>
      <Header />
      <main id="main" class="page">
        <TrendList />
        <div class="side">
          <KeyPanel />
          <Below />
        </div>
      </main>
    </>
  );
};
