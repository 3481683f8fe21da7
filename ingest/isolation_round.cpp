#include "ingest/isolation_round.hpp"

#include <array>
#include <string_view>
#include <utility>

namespace atlas::ingest {

using namespace std::chrono_literals;

namespace {

constexpr auto answer_limit = 10s;
constexpr int least_refusal = 128;  // reason codes of MQTT 5

enum class act { evict, publish, retain, subscribe };

struct attempt {
  std::string_view name;
  std::string_view aim;
  act what;
  std::string_view where;  // {own}: this organisation's UUID
};

// An organisation that does not exist stands for all others: were it let in, nobody would be harmed.
constexpr std::array attempts{
    attempt{"evict", "throw another client out by its client id", act::evict, ""},
    attempt{"write-metrics", "publish another organisation's samples", act::publish,
            "org/00000000-0000-4000-8000-000000000000/host/canary/metrics"},
    attempt{"write-command", "send a command to another organisation's host", act::publish,
            "org/00000000-0000-4000-8000-000000000000/host/canary/cmd"},
    attempt{"write-retained", "leave a message on another organisation's topic", act::retain,
            "org/00000000-0000-4000-8000-000000000000/host/canary/status"},
    attempt{"write-own-host", "speak for a host of its own organisation", act::publish,
            "org/{own}/host/canary/metrics"},
    attempt{"write-control", "control the broker", act::publish, "$CONTROL/dynamic-security/v1"},
    attempt{"read-organisation", "read another organisation's topics", act::subscribe,
            "org/00000000-0000-4000-8000-000000000000/#"},
    attempt{"read-hosts", "read all organisations' samples", act::subscribe, "org/+/host/+/metrics"},
    attempt{"read-everything", "read everything", act::subscribe, "#"},
    attempt{"read-system", "read the broker's own topics", act::subscribe, "$SYS/#"},
    attempt{"share-organisation", "take away another organisation's messages by a shared subscription",
            act::subscribe, "$share/canary/org/00000000-0000-4000-8000-000000000000/#"},
    attempt{"share-own", "take away its own organisation's messages by a shared subscription", act::subscribe,
            "$share/canary/org/{own}/canary/config"},
};

std::string topic_of(const attempt& one, const org_id& org) {
  constexpr std::string_view own = "{own}";
  std::string topic(one.where);
  if (const auto at = topic.find(own); at != std::string::npos) {
    topic.replace(at, own.size(), org.text());
  }
  return topic;
}

}  // namespace

// One of the two connections; tells the round whose it is.
class isolation_round::connection final : private mqtt_client::observer {
 public:
  connection(isolation_round& round, std::string client_id)
      : round_(round),
        client_(round.io_, with_id(round.login_, std::move(client_id)), *this,
                [](std::string_view, std::string_view, bool, std::string_view) {}) {}

  mqtt_client& client() { return client_; }

 private:
  static mqtt_options with_id(mqtt_options login, std::string client_id) {
    login.client_id = std::move(client_id);
    login.keeps_session = false;
    return login;
  }

  void on_connected(bool) override { round_.on_connected(*this); }
  void on_connect_failed(int reason, std::string text) override {
    round_.on_lost(*this, reason != 0
                              ? "the broker refuses the canary's login, reason code " +
                                    std::to_string(reason) + "; 'atlas-fleet broker apply' hands it over"
                              : "the canary cannot connect: " + text);
  }
  void on_connection_lost(std::string text) override { round_.on_lost(*this, text); }
  void on_subscribed(int, std::vector<int> reasons) override {
    round_.on_answer(reasons.empty() ? 0 : reasons.front());
  }
  void on_unsubscribed(int) override {}
  void on_published(int, int reason) override {
    if (reason >= 0) {
      round_.on_answer(reason);
    }
  }
  void on_disconnected() override { round_.finish({}); }

  isolation_round& round_;
  mqtt_client client_;
};

isolation_round::isolation_round(boost::asio::io_context& io, const mqtt_options& login, const org_id& org,
                                 std::function<void(outcome)> done)
    : io_(io), login_(login), org_(org), done_(std::move(done)), timer_(io) {
  first_ = std::make_unique<connection>(*this, login_.user + "/first");
  wait(answer_limit, [this] { finish("the broker does not answer the canary"); });
  if (!first_->client().connect(login_.passwords().front())) {
    // Not at once: `done` is not to be called before this object is in its place.
    wait(0ms, [this] { finish("the MQTT library refuses to connect"); });
  }
}

isolation_round::~isolation_round() = default;

void isolation_round::wait(std::chrono::milliseconds limit, std::function<void()> then) {
  timer_.expires_after(limit);
  timer_.async_wait(
      [alive = std::weak_ptr(alive_), then = std::move(then)](const boost::system::error_code& cancelled) {
        if (!cancelled && !alive.expired()) {
          then();
        }
      });
}

void isolation_round::on_connected(const connection& which) {
  if (step_ == step::first_login && &which == first_.get()) {
    // Whatever client ids they ask for, the broker takes their user's name for both, and so ends the first.
    step_ = step::second_login;
    second_ = std::make_unique<connection>(*this, login_.user + "/second");
    if (!second_->client().connect(login_.passwords().front())) {
      finish("the MQTT library refuses to connect");
    }
  } else if (step_ == step::second_login && &which == second_.get()) {
    step_ = step::eviction;
    if (first_lost_) {
      record(true);
      return;
    }
    wait(answer_limit, [this] { record(false); });
  }
}

void isolation_round::on_lost(const connection& which, const std::string& why) {
  if (&which == second_.get() || step_ == step::first_login) {
    finish(why);
  } else if (step_ == step::second_login) {
    // It may hear of its end before the second hears of its beginning.
    first_lost_ = true;
  } else if (step_ == step::eviction) {
    record(true);
  }
}

void isolation_round::record(bool refused) {
  const auto& tried = attempts[next_++];
  outcome_.attempts.push_back({tried.name, tried.aim, refused});
  try_next();
}

void isolation_round::try_next() {
  wait(answer_limit, [this] { finish("the broker does not answer the canary"); });
  auto& client = second_->client();
  if (step_ == step::eviction) {
    step_ = step::own_topic;
    if (!client.publish("org/" + login_.user + "/metrics", "canary", false)) {
      finish("the canary's connection broke");
    }
    return;
  }
  if (next_ == attempts.size()) {
    step_ = step::goodbye;
    if (!client.disconnect()) {
      finish({});
    }
    return;
  }
  const auto& one = attempts[next_];
  const auto topic = topic_of(one, org_);
  const auto token = one.what == act::subscribe ? client.subscribe({{topic, 1, false}})
                                                : client.publish(topic, "canary", one.what == act::retain);
  if (!token) {
    finish("the canary's connection broke");
  }
}

void isolation_round::on_answer(int reason) {
  if (step_ == step::own_topic) {
    if (reason >= least_refusal) {
      finish("the broker refuses even the canary's own topic, reason code " + std::to_string(reason) +
             ": its access rules are not the rendered ones; 'atlas-fleet broker apply' mends them");
      return;
    }
    step_ = step::attempts;
    try_next();
  } else if (step_ == step::attempts) {
    record(reason >= least_refusal);
  }
}

void isolation_round::finish(std::string trouble) {
  if (step_ == step::finished) {
    return;
  }
  // What is left to hear of does not count.
  const bool complete = step_ == step::goodbye;
  step_ = step::finished;
  timer_.cancel();
  outcome_.trouble = complete ? std::string() : std::move(trouble);
  done_(std::move(outcome_));
}

}  // namespace atlas::ingest
