#include "ingest/registry_alert_desk.hpp"

#include "core/json_text.hpp"
#include "ingest/dry_run.hpp"
#include "tenants/recurrence.hpp"
#include "web/dry_run_json.hpp"

#include <utility>

#include <boost/asio/post.hpp>

namespace atlas::ingest {

namespace {

using tenants::registry;
using refusal = web::people_refusal;
template <class Value>
using decided = result<web::alert_desk::outcome<Value>>;

tl::unexpected<refusal> refuse(refusal::reason why, std::string what, std::string member = {}) {
  return tl::make_unexpected(refusal{why, std::move(what), std::move(member)});
}

web::silence_info shown(const tenants::stored_silence& one, bool is_on) {
  return {one.id, one.terms, one.added, one.by, is_on};
}

}  // namespace

registry_alert_desk::registry_alert_desk(boost::asio::io_context& io, boost::asio::thread_pool& worker,
                                         registry& of_worker, tenant_service& service, alert_keeper& keeper,
                                         const wall_clock& clock, const history& samples, fleet_rules rules)
    : io_(io),
      worker_(io, worker, of_worker, clock, "alerts"),
      service_(service),
      keeper_(keeper),
      clock_(clock),
      history_(samples),
      rules_(std::move(rules)) {}

// What it changes the service is to know at once.
template <class Value, class Work>
void registry_alert_desk::run(web::actor by, Work work, answer<Value> done) {
  worker_.run<Value>(std::move(by), std::move(work), [this, done = std::move(done)](result<Value> found) {
    keeper_.read_again();
    done(std::move(found));
  });
}

// The alert changes at once; the answer comes when the audit log has it.
void registry_alert_desk::acknowledge(web::actor by, alert_key key, answer<outcome<alert>> done) {
  const auto reply_later = [&](decided<alert> said) {
    boost::asio::post(io_, [said = std::move(said), done] { done(said); });
  };
  const auto present = service_.hosts().find_alert(key);
  if (!present || !is_raised(present->phase)) {
    return reply_later(refuse(refusal::reason::unknown, "there is no alert of this id now"));
  }
  if (!service_.acknowledge(key, by.name)) {
    return reply_later(
        refuse(refusal::reason::conflict, "it is acknowledged already, by " + present->acknowledged_by));
  }
  auto shown = service_.hosts().find_alert(key);
  run<outcome<alert>>(
      std::move(by),
      [key = std::move(key), shown = std::move(shown)](registry& store, unix_ms) -> decided<alert> {
        if (auto recorded = store.record_acknowledgement(key); !recorded) {
          return tl::unexpected(recorded.error());
        }
        return *shown;
      },
      std::move(done));
}

void registry_alert_desk::list_incidents(incident_query asked, answer<std::vector<incident>> done) {
  worker_.run<std::vector<incident>>(
      {}, [asked = std::move(asked)](registry& store, unix_ms) { return store.past_incidents(asked); },
      std::move(done));
}

void registry_alert_desk::read_past(host_id host, unix_ms from, unix_ms to, answer<host_past> done) {
  worker_.run<host_past>(
      {}, [host, from, to](registry& store, unix_ms) { return store.past_of(host, from, to); },
      std::move(done));
}

void registry_alert_desk::list_silences(answer<std::vector<web::silence_info>> done) {
  run<std::vector<web::silence_info>>(
      {},
      [on = service_.hosts().active_silences()](registry& store,
                                                unix_ms) -> result<std::vector<web::silence_info>> {
        const auto found = store.silences();
        if (!found) {
          return tl::unexpected(found.error());
        }
        std::vector<web::silence_info> all;
        for (const auto& one : *found) {
          all.push_back(shown(one, on.contains(one.id)));
        }
        return all;
      },
      std::move(done));
}

void registry_alert_desk::add_silence(web::actor by, silence_terms asked,
                                      answer<outcome<web::silence_info>> done) {
  if (const auto good = tenants::check_recurrence(asked.repeat); !good) {
    boost::asio::post(io_, [done = std::move(done), what = good.error()] {
      done(decided<web::silence_info>(
          refuse(refusal::reason::invalid, what.where + " " + what.what, what.where)));
    });
    return;
  }
  run<outcome<web::silence_info>>(
      std::move(by),
      [asked = std::move(asked)](registry& store, unix_ms now) -> decided<web::silence_info> {
        const auto made = store.add_silence(asked, now);
        if (!made) {
          return tl::unexpected(made.error());
        }
        return shown(*made, asked.first.from <= now && now < asked.first.until);
      },
      std::move(done));
}

void registry_alert_desk::remove_silence(web::actor by, std::string id, answer<bool> done) {
  run<bool>(
      std::move(by), [id = std::move(id)](registry& store, unix_ms) { return store.remove_silence(id); },
      std::move(done));
}

void registry_alert_desk::dry_run(web::dry_run_question asked, answer<outcome<std::string>> done) {
  const auto reply_later = [&](decided<std::string> said) {
    boost::asio::post(io_, [said = std::move(said), done] { done(said); });
  };
  if (auto why = ingest::dry_run::refusal(asked.rule); !why.empty()) {
    return reply_later(refuse(refusal::reason::invalid, "rule " + why, "rule"));
  }
  if (trying_) {
    return reply_later(
        refuse(refusal::reason::conflict, "another dry run is under way: try again when it is done"));
  }
  trying_ = true;
  ingest::dry_run::start(io_, service_.hosts(), history_, rules_, std::move(asked), clock_.now(),
                         [this, done = std::move(done)](std::string text) {
                           trying_ = false;
                           done(decided<std::string>(std::move(text)));
                         });
}

void registry_alert_desk::answer_dry_run(const std::string& question, std::function<void(std::string)> done) {
  const auto refused = [](const std::string& what) {
    std::string text = R"({"error":)";
    append_json_string(text, what);
    return text + '}';
  };
  constexpr std::size_t longest_question = 4096;
  auto asked = web::parse_dry_run(question, longest_question);
  if (!asked) {
    return done(refused(asked.error().where + " " + asked.error().what));
  }
  dry_run(*std::move(asked), [done = std::move(done), refused](decided<std::string> said) {
    if (!said) {
      return done(refused(said.error().what));
    }
    done(*said ? **std::move(said) : refused(said->error().what));
  });
}

}  // namespace atlas::ingest
