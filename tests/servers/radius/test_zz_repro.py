from tests.servers.radius.test_order_traffic import *
def test_late_ack(ticket):
    house = House(); das = online(house)
    Offer.objects.update(rate_down=2_000_000); interim(house)
    sent = das.orders[-1]
    Offer.objects.update(rate_down=None)
    house.do_chores(1)
    print([o.state for o in Order.objects.all()])
    das.acknowledge(); interim(house); 
    print([o.state for o in Order.objects.all()], Session.objects.get().rate_down, das.codes)
def test_lift(ticket):
    Offer.objects.update(rate_down=2_000_000, idle_timeout=600)
    house = House(); das = online(house)
    Offer.objects.update(rate_down=None, idle_timeout=None); interim(house)
    print(das.last); das.acknowledge(); print(Session.objects.get().rate_down)
